import { usageError } from '../error.ts';
import { conllevalCounts, conllevalReport, type TaggedSentence } from '../evaluation/conlleval.ts';
import { bootstrapIntervals } from '../evaluation/intervals.ts';
import { type Counts, ratios, sumCounts, sumTypeCounts, type TypeCounts } from '../evaluation/scorer.ts';
import { pairedRandomization } from '../evaluation/significance.ts';
import type { TagScheme } from '../evaluation/tagged-spans.ts';
import { createDataReport } from './data-report.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import { flagName, type ScoreFlags } from './flags.ts';
import { planScore, type ScorePlan } from './score/plan.ts';
import { renderComparison, renderSummary } from './score/render.ts';
import { type DocumentScore, scoreAsConlleval, scorePairs, scoreStrictly } from './score/scored-documents.ts';
import { type LabelledFile, labelledPairs, readLabelledFile } from './score/span-pairs.ts';
import { type ComparisonSummary, summarize } from './score/summary.ts';
import { foreignTagsNote, tagSchemeNote } from './score/tag-scheme-note.ts';
import { taggedPairs } from './score/tagged-pairs.ts';
import { withStandardInput } from './standard-input.ts';
import type { Colours, Terminal } from './terminal.ts';

const level = 0.95;

/**
 * `el4ner score`: what predictions are worth against gold labels, as the field counts it. One of the paths may be `-`, the standard input.
 * @throws {NerError} `usage`, or `unreadable-input` for what cannot be scored.
 */
export async function score(flags: ScoreFlags, terminal: Terminal): Promise<ExitCode> {
  const [piped, other] = (['gold', 'pred', 'compare'] as const).filter((key) => flags[key] === '-');
  if (piped === undefined) return scoreFiles(flags, flags, terminal);
  if (other !== undefined)
    throw usageError(`${flagName(piped)} and ${flagName(other)} are both "-"; the standard input is one file. Give a path for the other.`);
  return withStandardInput(terminal, (path, named) => scoreFiles({ ...flags, [piped]: path }, flags, named));
}

/** @param given - the flags with the paths as they were given, for results that name them. */
async function scoreFiles(flags: ScoreFlags, given: ScoreFlags, terminal: Terminal): Promise<ExitCode> {
  const { scheme, formats, note } = await planScore(flags);
  if (note !== undefined) terminal.note(note);
  const isReport = scheme === 'conlleval' && !flags.json;
  await terminal.print(
    isReport
      ? report(await taggedSystems(flags, scheme, terminal), given, terminal.colours)
      : summary(scheme, await scoredSystems(flags, { scheme, formats }, terminal), given, terminal.colours),
  );
  return exitCodes.done;
}

/** What conlleval prints of the first system, and after it the comparison with the second if there is one. */
function report([sentences = [], others]: readonly (readonly TaggedSentence[])[], flags: ScoreFlags, colours: Colours): string {
  const counts = conllevalCounts(sentences);
  const printed = conllevalReport({
    tokens: counts.reduce((sum, { tokens }) => sum + tokens, 0),
    correctTags: counts.reduce((sum, { correctTags }) => sum + correctTags, 0),
    chunks: sumTypeCounts(counts.map(({ chunks }) => chunks)),
  });
  if (others === undefined) return printed;
  const totals = (all: typeof counts) => all.map(({ chunks }) => total(chunks));
  return `${printed}\n${renderComparison(comparisonOf(totals(counts), totals(conllevalCounts(others)), flags), colours)}`;
}

/** Tables, or JSON, of the first system, with the comparison if there is a second one. */
function summary(
  scheme: ScorePlan['scheme'],
  [documents = [], others]: readonly (readonly DocumentScore[])[],
  flags: ScoreFlags,
  colours: Colours,
): string {
  const { resamples, seed, json } = flags;
  const totals = (all: readonly DocumentScore[]) => all.map(({ perType }) => total(perType));
  const found = { ...summarize(scheme, documents), intervals: bootstrapIntervals(totals(documents), { resamples, level, seed }) };
  const comparison = others === undefined ? undefined : comparisonOf(totals(documents), totals(others), flags);
  if (json) return `${JSON.stringify({ ...found, ...(comparison === undefined ? {} : { comparison }) }, null, 2)}\n`;
  return `${renderSummary(found, colours)}${comparison === undefined ? '' : `\n${renderComparison(comparison, colours)}`}`;
}

function comparisonOf(totals: readonly Counts[], others: readonly Counts[], flags: ScoreFlags): ComparisonSummary {
  const { gold, pred = gold, compare = '', shuffles, seed } = flags;
  return {
    systems: [
      { path: pred, micro: ratios(sumCounts(totals)) },
      { path: compare, micro: ratios(sumCounts(others)) },
    ],
    ...pairedRandomization(others, totals, { shuffles, seed }),
  };
}

/** The documents of the system that is scored and of the one that it is compared with, if there is one; in the order of the gold file. */
async function scoredSystems(
  flags: ScoreFlags,
  { scheme, formats }: ScorePlan,
  terminal: Terminal,
): Promise<readonly (readonly DocumentScore[])[]> {
  if (scheme === 'spans') return scoredSpans(flags, formats, terminal);
  const systems = await taggedSystems(flags, scheme, terminal);
  return systems.map((sentences) => (scheme === 'conlleval' ? scoreAsConlleval(sentences) : scoreStrictly(sentences, scheme)));
}

async function scoredSpans(
  { gold, pred, compare, match }: ScoreFlags,
  formats: ScorePlan['formats'],
  terminal: Terminal,
): Promise<readonly (readonly DocumentScore[])[]> {
  const dataReport = createDataReport(terminal, { skipBad: false });
  const files: LabelledFile[] = [];
  for (const path of [gold, pred, compare]) {
    terminal.signal.throwIfAborted();
    const format = path === undefined ? undefined : formats.get(path);
    if (path !== undefined && format !== undefined) files.push(await readLabelledFile(path, format, dataReport));
  }
  dataReport.end();
  const [goldFile, ...systems] = files;
  return goldFile === undefined ? [] : systems.map((predicted) => scorePairs(labelledPairs(goldFile, predicted), match));
}

/** The sentences of these systems; without a file of predictions the first is the last column of the gold file. */
async function taggedSystems(
  { gold, pred, compare }: ScoreFlags,
  scheme: TagScheme,
  { note, signal }: Terminal,
): Promise<readonly (readonly TaggedSentence[])[]> {
  const paths = [pred ?? gold, ...(compare === undefined ? [] : [compare])];
  const systems: (readonly TaggedSentence[])[] = [];
  for (const predicted of paths) {
    const sentences: TaggedSentence[] = [];
    for await (const sentence of taggedPairs({ gold, goldColumn: pred === undefined ? -2 : -1, predicted, scheme, note })) {
      signal.throwIfAborted();
      sentences.push(sentence);
    }
    systems.push(sentences);
  }
  const sides = [
    { name: `the gold tags of ${gold}`, sentences: systems[0]?.map((sentence) => sentence.gold) ?? [] },
    ...systems.map((sentences, index) => ({
      name: `the predicted tags of ${paths[index]}`,
      sentences: sentences.map(({ predicted }) => predicted),
    })),
  ];
  const misread = scheme === 'conlleval' ? foreignTagsNote(sides) : tagSchemeNote(scheme, sides);
  if (misread !== undefined) note(misread);
  return systems;
}

function total(perType: TypeCounts): Counts {
  return sumCounts(perType.values());
}
