/**
 * Scoring of a million tokens as `el4ner score` does it: conlleval's counts of every sentence; and the strict mentions of IOB2 and of IOBES
 * with counts by type, by boundary and in nervaluate's four schemes, and intervals by 1,000 resamples of the sentences. The rival is naive
 * and correct: for every type it decodes all tags anew and looks for each gold mention among the written-out predicted ones of the sentence,
 * and has no intervals. Prints a line of JSON, and one for people to stderr.
 */
import { conllevalCounts, type TaggedSentence } from '../src/evaluation/conlleval.ts';
import { bootstrapIntervals } from '../src/evaluation/intervals.ts';
import { matchCounts } from '../src/evaluation/nervaluate.ts';
import { boundaryCounts, type Counts, sumCounts, sumTypeCounts, typeCounts } from '../src/evaluation/scorer.ts';
import { type StrictScheme, taggedSpans } from '../src/evaluation/tagged-spans.ts';
import { randomIntegers } from '../src/random.ts';

const goalMs = 2_000;
const runs = 5;
const tokens = 1_000_000;
const tokensPerSentence = 20;
const types = ['person', 'location', 'organization', 'product', 'event', 'work'];
const sentences = workload();
const sentencesInIobes = sentences.map(({ gold, predicted }) => ({ gold: inIobes(gold), predicted: inIobes(predicted) }));

const conllevalMs = medianMs(scoreAsConlleval);
const iob2Ms = medianMs(() => scoreStrictly(sentences, 'iob2'));
const iobesMs = medianMs(() => scoreStrictly(sentencesInIobes, 'iobes'));
const naiveMs = medianMs(scoreNaively);
const counts = scoreStrictly(sentences, 'iob2');
for (const others of [scoreStrictly(sentencesInIobes, 'iobes'), scoreNaively()]) {
  if (JSON.stringify(others) !== JSON.stringify(counts)) throw new Error('The ways to score do not count alike.');
}
const result = {
  name: 'scoring',
  /** The slowest of the three. */
  medianMs: Math.max(conllevalMs, iob2Ms, iobesMs),
  goalMs,
  /** How many times as long the rival takes as the strict score of the same tags, for less. */
  ratio: naiveMs / iob2Ms,
  conllevalMs,
  iob2Ms,
  iobesMs,
  naiveMs,
  runs,
  tokens,
  sentences: sentences.length,
  counts,
  conlleval: scoreAsConlleval(),
};
process.stdout.write(`${JSON.stringify(result)}\n`);
process.stderr.write(
  `scoring: a million tokens with intervals in ${iob2Ms.toFixed(0)} ms as iob2, in ${iobesMs.toFixed(0)} ms as iobes; ` +
    `in ${conllevalMs.toFixed(0)} ms as conlleval (goal ${goalMs} ms); naively ${naiveMs.toFixed(0)} ms (${result.ratio.toFixed(1)} times as long as iob2)\n`,
);

function scoreAsConlleval(): Counts {
  return sumCounts(sumTypeCounts(conllevalCounts(sentences).map(({ chunks }) => chunks)).values());
}

function scoreStrictly(all: readonly TaggedSentence[], scheme: StrictScheme): Counts {
  const documents = all.map(({ gold, predicted }) => {
    const [goldSpans, predictedSpans] = [taggedSpans(gold, scheme), taggedSpans(predicted, scheme)];
    return {
      perType: typeCounts(goldSpans, predictedSpans),
      boundary: boundaryCounts(goldSpans, predictedSpans),
      matches: matchCounts(goldSpans, predictedSpans),
    };
  });
  bootstrapIntervals(
    documents.map(({ perType }) => sumCounts(perType.values())),
    { resamples: 1000, level: 0.95, seed: 0 },
  );
  return sumCounts(sumTypeCounts(documents.map(({ perType }) => perType)).values());
}

function scoreNaively(): Counts {
  return sumCounts(
    types.flatMap((type) =>
      sentences.map(({ gold, predicted }) => {
        const [goldMentions, predictedMentions] = [writtenOut(gold, type), writtenOut(predicted, type)];
        const truePositives = goldMentions.filter((mention) => predictedMentions.includes(mention)).length;
        return {
          truePositives,
          falsePositives: predictedMentions.length - truePositives,
          falseNegatives: goldMentions.length - truePositives,
        };
      }),
    ),
  );
}

/** The mentions of a type, found by a regular expression over all tags, as `start:end`. */
function writtenOut(tags: readonly string[], type: string): readonly string[] {
  return Array.from(tags.join(' ').matchAll(new RegExp(`B-${type}(?: I-${type}(?= |$))*(?= |$)`, 'g')), ({ 0: match, index }) => {
    const start = tags.join(' ').slice(0, index).split(' ').length - 1;
    return `${start}:${start + match.split(' ').length}`;
  });
}

/** What the strict mentions of IOB2 are in IOBES; whatever else is tagged stays so, and is nothing in either. */
function inIobes(tags: readonly string[]): readonly string[] {
  const converted = [...tags];
  for (const { start, end, type } of taggedSpans(tags, 'iob2')) {
    if (end - start === 1) converted[start] = `S-${type}`;
    else converted[end - 1] = `E-${type}`;
  }
  return converted;
}

/** Median duration of `runs` runs, after one that makes it warm. */
function medianMs(run: () => unknown): number {
  run();
  const durations = Array.from({ length: runs }, () => {
    const started = performance.now();
    run();
    return performance.now() - started;
  }).sort((a, b) => a - b);
  return durations[Math.floor(runs / 2)] ?? Number.NaN;
}

/** Sentences in which every seventh token begins a mention of one to three tokens; three of four are predicted as they are. */
function workload(): readonly TaggedSentence[] {
  const random = randomIntegers(1);
  const below = (bound: number) => Math.floor((random() / 2 ** 32) * bound);
  const mention = () => {
    const type = types[below(types.length)];
    return [`B-${type}`, ...Array.from({ length: below(3) }, () => `I-${type}`)];
  };
  const tags = () => {
    const drawn: string[] = [];
    while (drawn.length < tokensPerSentence) drawn.push(...(below(7) === 0 ? mention() : ['O']));
    return drawn.slice(0, tokensPerSentence);
  };
  return Array.from({ length: tokens / tokensPerSentence }, () => {
    const gold = tags();
    const other = tags();
    const from = below(tokensPerSentence);
    return { gold, predicted: below(4) === 0 ? [...gold.slice(0, from), ...other.slice(from)] : gold };
  });
}
