import { detectFormat } from '../dataset/detect-format.ts';
import { usageError } from '../error.ts';
import { conllevalCounts, conllevalReport, type TaggedSentence } from '../evaluation/conlleval.ts';
import { bootstrapIntervals } from '../evaluation/intervals.ts';
import { type Counts, ratios, sumCounts, sumTypeCounts, type TypeCounts } from '../evaluation/scorer.ts';
import { pairedRandomization } from '../evaluation/significance.ts';
import type { TagScheme } from '../evaluation/tagged-spans.ts';
import { createDataReport } from './data-report.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import type { ScoreFlags } from './flags.ts';
import { renderComparison, renderSummary } from './score/render.ts';
import { type DocumentScore, scoreAsConlleval, scorePairs, scoreStrictly } from './score/scored-documents.ts';
import { labelledPairs } from './score/span-pairs.ts';
import { type ComparisonSummary, summarize } from './score/summary.ts';
import { taggedPairs } from './score/tagged-pairs.ts';
import type { Terminal } from './terminal.ts';

const level = 0.95;

type Settings = ScoreFlags & Required<Pick<ScoreFlags, 'scheme'>>;

/** `el4ner score`: what predictions are worth against gold labels, as the field counts it. */
export async function score(flags: ScoreFlags, terminal: Terminal): Promise<ExitCode> {
  const settings = { ...flags, scheme: flags.scheme ?? (await likelyScheme(flags)) };
  checkSettings(settings);
  await terminal.print(
    settings.scheme === 'conlleval' && !settings.json ? await report(settings, terminal) : await summary(settings, terminal),
  );
  return exitCodes.done;
}

async function likelyScheme({ gold, pred, from }: ScoreFlags): Promise<Settings['scheme']> {
  // Columns of tags alone may look like nothing in particular; what is wrong with a file is told when it is read.
  const format = from ?? (await detectFormat(gold).catch((error: unknown) => (pred === undefined ? 'conll' : Promise.reject(error))));
  if (format === 'conll') return 'conlleval';
  if (pred === undefined) throw usageError(`${gold} has gold mentions in the format ${format}; name the predictions with --pred.`);
  return 'spans';
}

function checkSettings({ scheme, pred, match }: Settings): void {
  if (scheme === 'spans' && pred === undefined) throw usageError('--scheme spans compares two files; name the predictions with --pred.');
  if (scheme !== 'spans' && match === 'text') throw usageError('--match text compares the strings of mentions; it needs --scheme spans.');
}

/** What conlleval prints, and after it a comparison if one is asked for. */
async function report(settings: Settings, terminal: Terminal): Promise<string> {
  const { pred, compare } = settings;
  const countsOf = async (predicted: string | undefined) =>
    conllevalCounts(await taggedSentences(predicted, { ...settings, scheme: 'conlleval' }, terminal));
  const counts = await countsOf(pred);
  const chunks = sumTypeCounts(counts.map((sentence) => sentence.chunks));
  const printed = conllevalReport({
    tokens: counts.reduce((sum, { tokens }) => sum + tokens, 0),
    correctTags: counts.reduce((sum, { correctTags }) => sum + correctTags, 0),
    chunks,
  });
  if (compare === undefined) return printed;
  const totals = (all: typeof counts) => all.map((sentence) => total(sentence.chunks));
  const comparison = comparisonOf(totals(counts), totals(await countsOf(compare)), settings);
  return `${printed}\n${renderComparison(comparison, terminal.colours)}`;
}

async function summary(settings: Settings, terminal: Terminal): Promise<string> {
  const { scheme, pred, compare, resamples, seed, json } = settings;
  const documents = await scoredDocuments(pred, settings, terminal);
  const totals = documents.map(({ perType }) => total(perType));
  const found = { ...summarize(scheme, documents), intervals: bootstrapIntervals(totals, { resamples, level, seed }) };
  if (compare === undefined) return json ? toJson(found) : renderSummary(found, terminal.colours);
  const others = await scoredDocuments(compare, settings, terminal);
  const comparison = comparisonOf(
    totals,
    others.map(({ perType }) => total(perType)),
    settings,
  );
  if (json) return toJson({ ...found, comparison });
  return `${renderSummary(found, terminal.colours)}\n${renderComparison(comparison, terminal.colours)}`;
}

function comparisonOf(totals: readonly Counts[], others: readonly Counts[], settings: Settings): ComparisonSummary {
  const { gold, pred = gold, compare = '', shuffles, seed } = settings;
  return {
    systems: [
      { path: pred, micro: ratios(sumCounts(totals)) },
      { path: compare, micro: ratios(sumCounts(others)) },
    ],
    ...pairedRandomization(totals, others, { shuffles, seed }),
  };
}

/** Scores a file of predictions, or the last column of the gold file if there is none; in the order of the gold file. */
async function scoredDocuments(predicted: string | undefined, settings: Settings, terminal: Terminal): Promise<readonly DocumentScore[]> {
  const { gold, scheme, match, from } = settings;
  if (scheme === 'spans') {
    const report = createDataReport(terminal, { skipBad: false });
    const pairs = await labelledPairs(gold, predicted ?? gold, { report, from });
    report.end();
    return scorePairs(pairs, match);
  }
  const sentences = await taggedSentences(predicted, { ...settings, scheme }, terminal);
  return scheme === 'conlleval' ? scoreAsConlleval(sentences) : scoreStrictly(sentences, scheme);
}

async function taggedSentences(
  predicted: string | undefined,
  { gold, pred, scheme }: Pick<Settings, 'gold' | 'pred'> & { readonly scheme: TagScheme },
  { note, signal }: Terminal,
): Promise<readonly TaggedSentence[]> {
  const sentences: TaggedSentence[] = [];
  for await (const sentence of taggedPairs({ gold, goldColumn: pred === undefined ? -2 : -1, predicted: predicted ?? gold, scheme })) {
    signal.throwIfAborted();
    sentences.push(sentence);
  }
  if (scheme === 'conlleval' && sentences.some((sentence) => sentence.gold.some(isForeign) || sentence.predicted.some(isForeign))) {
    note('conlleval knows B, I, E and O; what it makes of S, U and L is rarely what they mean. --scheme iobes knows S.');
  }
  return sentences;
}

/** Whether a tag is of IOBES or BILOU, which conlleval does not know. */
function isForeign(tag: string): boolean {
  return tag.charAt(1) === '-' && 'SUL'.includes(tag.charAt(0));
}

function total(perType: TypeCounts): Counts {
  return sumCounts(perType.values());
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
