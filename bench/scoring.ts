/**
 * Scoring of a million tokens as `el4ner score` does it: conlleval's counts of every sentence; and the strict mentions of IOB2 with counts
 * by type, by boundary and in nervaluate's four schemes. The rival is naive and correct: for every type it decodes all tags anew and
 * looks for each gold mention among the written-out predicted ones of the sentence. Prints a line of JSON, and one for people to stderr.
 */
import { conllevalCounts, type TaggedSentence } from '../src/evaluation/conlleval.ts';
import { matchCounts } from '../src/evaluation/nervaluate.ts';
import { randomIntegers } from '../src/evaluation/random.ts';
import { boundaryCounts, type Counts, sumCounts, sumTypeCounts, typeCounts } from '../src/evaluation/scorer.ts';
import { taggedSpans } from '../src/evaluation/tagged-spans.ts';

const goalMs = 2_000;
const runs = 5;
const tokens = 1_000_000;
const tokensPerSentence = 20;
const types = ['person', 'location', 'organization', 'product', 'event', 'work'];
const sentences = workload();

const conllevalMs = medianMs(scoreAsConlleval);
const strictMs = medianMs(scoreStrictly);
const naiveMs = medianMs(scoreNaively);
const [counts, naiveCounts, conlleval] = [scoreStrictly(), scoreNaively(), scoreAsConlleval()];
if (JSON.stringify(counts) !== JSON.stringify(naiveCounts)) throw new Error('The rival counts otherwise.');
const result = {
  name: 'scoring',
  /** The slower of the two. */
  medianMs: Math.max(conllevalMs, strictMs),
  goalMs,
  /** How many times as long the rival takes as the strict score, for less. */
  ratio: naiveMs / strictMs,
  conllevalMs,
  strictMs,
  naiveMs,
  runs,
  tokens,
  sentences: sentences.length,
  counts,
  conlleval,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
process.stderr.write(
  `scoring: a million tokens in ${strictMs.toFixed(0)} ms strictly, in ${conllevalMs.toFixed(0)} ms as conlleval (goal ${goalMs} ms); ` +
    `naively ${naiveMs.toFixed(0)} ms (${result.ratio.toFixed(1)} times as long)\n`,
);

function scoreAsConlleval(): Counts {
  return sumCounts(sumTypeCounts(conllevalCounts(sentences).map(({ chunks }) => chunks)).values());
}

function scoreStrictly(): Counts {
  const documents = sentences.map(({ gold, predicted }) => {
    const [goldSpans, predictedSpans] = [taggedSpans(gold, 'iob2'), taggedSpans(predicted, 'iob2')];
    return {
      perType: typeCounts(goldSpans, predictedSpans),
      boundary: boundaryCounts(goldSpans, predictedSpans),
      matches: matchCounts(goldSpans, predictedSpans),
    };
  });
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
