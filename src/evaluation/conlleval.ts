import { conllevalTag, endsChunk, outside, startsChunk, type Tag } from './chunk-borders.ts';
import { type Counts, noCounts, sumCounts, type TypeCounts } from './scorer.ts';

/** The tags of a sentence, token by token; both sides have as many. */
export interface TaggedSentence {
  readonly gold: readonly string[];
  readonly predicted: readonly string[];
}

/** What conlleval counts in a sentence, or in several. */
export interface ConllevalCounts {
  readonly tokens: number;
  /** Tokens whose two tags are equal. */
  readonly correctTags: number;
  /** Chunks; gold ones are true positives and false negatives, found ones true positives and false positives. */
  readonly chunks: TypeCounts;
}

interface Tally {
  gold: number;
  found: number;
  correct: number;
}

/**
 * The counts of each sentence as conlleval counts, whatever the tags: ill-formed sequences get its reading, not an error. They are
 * those of its one pass over all tokens. A chunk is correct if gold and predicted start it together, agree on its type, and end it
 * together, which for odd tags is not the same as two equal spans.
 * @see https://www.clips.uantwerpen.be/conll2000/chunking/output.html
 */
export function conllevalCounts(sentences: readonly TaggedSentence[]): readonly ConllevalCounts[] {
  const read = remembered(conllevalTag);
  let lastGold = outside;
  let lastPredicted = outside;
  /** Both sides started a chunk of the same type and have agreed on it since. */
  let agreeing = false;
  let tallies = new Map<string, Tally>();

  function tally(type: string): Tally {
    let counts = tallies.get(type);
    if (counts === undefined) {
      counts = { gold: 0, found: 0, correct: 0 };
      tallies.set(type, counts);
    }
    return counts;
  }

  function advance(gold: Tag, predicted: Tag): void {
    if (agreeing) {
      const goldEnds = endsChunk(lastGold, gold);
      const predictedEnds = endsChunk(lastPredicted, predicted);
      if (goldEnds && predictedEnds && lastGold.type === lastPredicted.type) {
        tally(lastGold.type).correct++;
        agreeing = false;
      } else if (goldEnds !== predictedEnds || gold.type !== predicted.type) agreeing = false;
    }
    const goldStarts = startsChunk(lastGold, gold);
    const predictedStarts = startsChunk(lastPredicted, predicted);
    if (goldStarts) tally(gold.type).gold++;
    if (predictedStarts) tally(predicted.type).found++;
    if (goldStarts && predictedStarts && gold.type === predicted.type) agreeing = true;
    lastGold = gold;
    lastPredicted = predicted;
  }

  return sentences.map(({ gold, predicted }, sentence) => {
    let correctTags = 0;
    for (const [index, goldTag] of gold.entries()) {
      const [goldRead, predictedRead] = [read(goldTag), read(predicted[index] ?? '')];
      advance(goldRead, predictedRead);
      if (goldRead.prefix === predictedRead.prefix && goldRead.type === predictedRead.type) correctTags++;
    }
    advance(outside, outside);
    if (agreeing && sentence === sentences.length - 1) tally(lastGold.type).correct++;
    const chunks = countsOf(tallies);
    tallies = new Map();
    return { tokens: gold.length, correctTags, chunks };
  });
}

/** The report as conlleval prints it: percentages, those at a zero denominator 0; a line for each type that is gold or found. */
export function conllevalReport({ tokens, correctTags, chunks }: ConllevalCounts): string {
  const all = chunkCounts(sumCounts(chunks.values()));
  const lines = [`processed ${tokens} tokens with ${all.gold} phrases; found: ${all.found} phrases; correct: ${all.correct}.`];
  if (tokens > 0) lines.push(`accuracy: ${percent((100 * correctTags) / tokens)}%; ${percentages(all)}`);
  for (const type of listedTypes(chunks)) {
    const counts = chunkCounts(chunks.get(type) ?? noCounts);
    // The script pads bytes, not characters.
    const padding = ' '.repeat(Math.max(0, 17 - new TextEncoder().encode(type).length));
    lines.push(`${padding}${type}: ${percentages(counts)}  ${counts.found}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Sorted by their bytes; the empty type stands twice if it is both gold and found, since the script takes it for no type when it looks for repetitions. */
function listedTypes(chunks: TypeCounts): readonly string[] {
  const listed = [...chunks].filter(([, counts]) => chunkCounts(counts).gold > 0 || chunkCounts(counts).found > 0).map(([type]) => type);
  const untyped = chunkCounts(chunks.get('') ?? noCounts);
  return [...(untyped.gold > 0 && untyped.found > 0 ? [''] : []), ...listed.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))];
}

function percentages({ gold, found, correct }: Readonly<Tally>): string {
  const precision = found > 0 ? (100 * correct) / found : 0;
  const recall = gold > 0 ? (100 * correct) / gold : 0;
  const f1 = precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0;
  return `precision: ${percent(precision)}%; recall: ${percent(recall)}%; FB1: ${percent(f1)}`;
}

/** As C's `%6.2f`: of two decimals that are equally near, the even one. Only odd eighths lie halfway, exactly; `toFixed` rounds those up. */
function percent(value: number): string {
  const eighths = (value * 8) % 8;
  const rounded = eighths === 1 || eighths === 5 ? value - 0.005 : value;
  return rounded.toFixed(2).padStart(6);
}

function chunkCounts({ truePositives, falsePositives, falseNegatives }: Counts): Readonly<Tally> {
  return { gold: truePositives + falseNegatives, found: truePositives + falsePositives, correct: truePositives };
}

function countsOf(tallies: ReadonlyMap<string, Tally>): TypeCounts {
  const counts = new Map<string, Counts>();
  for (const [type, { gold, found, correct }] of tallies) {
    counts.set(type, { truePositives: correct, falsePositives: found - correct, falseNegatives: gold - correct });
  }
  return counts;
}

/** Tags are few and tokens many. */
function remembered(read: (tag: string) => Tag): (tag: string) => Tag {
  const known = new Map<string, Tag>();
  return (tag) => {
    let found = known.get(tag);
    if (found === undefined) {
      found = read(tag);
      known.set(tag, found);
    }
    return found;
  };
}
