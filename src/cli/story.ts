import type { Rejected, Verified } from '../document/mention.ts';
import type { Span } from '../document/span.ts';
import { decisionLines } from '../pipeline/decision-lines.ts';
import type { Call } from '../pipeline/ensemble.ts';
import type { Recognition, TracedWindow } from '../pipeline/recognition.ts';
import type { Retrieval } from '../pipeline/traced-document.ts';
import type { LeftOutSentence, RankedDemonstration } from '../pool/demonstration.ts';
import type { Usage } from '../prompting/dialect.ts';
import { printable, quoted } from './printable.ts';
import { alignedTable } from './table.ts';
import type { Colours } from './terminal.ts';

/**
 * How a document's entities came about, stage by stage: the demonstrations and why they were chosen, who proposed and voted what,
 * what the verifiers said, what was rejected and accepted and why, and what the calls cost. Offsets count from the start of the document.
 * @returns lines, each with a line feed; the entities themselves are not among them.
 */
export function renderStory(recognition: Recognition, colours: Colours): string {
  const { trace, calls, usage } = recognition;
  const modelMs = trace.flatMap(({ document }) => document.calls).reduce((sum, { durationMs }) => sum + durationMs, 0);
  const windows = trace.flatMap((window, index) => [
    ...(trace.length === 1 ? [] : [colours.bold(`Window ${index + 1} of ${trace.length}, from offset ${window.start}`)]),
    ...windowStory(window, colours),
  ]);
  const sum = `${calls} ${calls === 1 ? 'call' : 'calls'}, ${tokens(usage)}, ${milliseconds(modelMs)} of models' time`;
  return [...windows, colours.bold('In all  ') + sum].map((line) => `${line}\n`).join('');
}

function windowStory({ start, document }: TracedWindow, colours: Colours): readonly string[] {
  const { text, mentions, retrieval, hallucinations, calls } = document;
  const voted = mentions.filter(({ votes }) => votes.length > 0);
  const judged = mentions.filter(({ verdicts }) => verdicts.length > 0);
  const rejected = mentions.filter((mention) => mention.status === 'rejected');
  const accepted = mentions.filter((mention) => mention.status === 'verified');
  /** A line for each of these mentions, with what is to be told of it. */
  const each = <M extends Span>(mentions: readonly M[], tell: (mention: M) => string): readonly string[] =>
    alignedTable(
      mentions.map((mention) => [
        quoted(text.slice(mention.start, mention.end)),
        `${start + mention.start}–${start + mention.end}`,
        tell(mention),
      ]),
      { right: [1], style: (cell, column) => (column === 1 ? colours.dim(cell) : cell) },
    );
  const acceptance = (mention: Verified): readonly string[] => [
    ...each([mention], ({ type }) => printable(type)),
    ...decisionLines(mention, document).map((line) => `  ${printable(line)}`),
  ];
  const section = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : [colours.bold(title), ...lines.map((line) => `  ${line}`)];

  return [
    ...section('Retrieve', retrievalStory(text, retrieval, colours)),
    ...section('Extract', [
      ...each(mentions, ({ proposals }) => proposals.map(proposal).join(', ')),
      ...(mentions.length === 0 ? ['no mention'] : []),
      ...hallucinations.map(({ modelId, stage, reply }) =>
        colours.red(`${quoted(reply)} is not in the text; ${modelId} wrote it (${stage})`),
      ),
    ]),
    ...section('Classify', each(voted, ballot)),
    ...section('Verify', each(judged, verdicts)),
    ...section('Rejected', each(rejected, rejection)),
    ...section('Accepted', document.decision === undefined ? [] : accepted.flatMap(acceptance)),
    ...section('Calls', callTable(calls, colours)),
  ];
}

/** What the spans are that stand for a text, by where they come from. */
const querySpanTitles = { models: 'spans that the models find', chunks: 'noun chunks of the text' };

function retrievalStory(text: string, retrieval: Retrieval, colours: Colours): readonly string[] {
  const { querySpans, querySpanSource, demonstrations, leftOut, cut } = retrieval;
  const spans = querySpans.map(({ start, end }) => quoted(text.slice(start, end))).join(', ');
  const told = ({ sentence }: RankedDemonstration | LeftOutSentence) =>
    `${printable(sentence.id)}  ${colours.dim(quoted(sentence.text, 100))}`;
  const inSpite = (rank: number, reason: string) => `   ranked ${rank}, but ${printable(reason)}`;
  const isFallback = querySpanSource !== 'none' && demonstrations.length > 0 && demonstrations.every(({ by }) => by !== 'span-similarity');
  return [
    ...(querySpanSource === 'none' ? [] : [`${querySpanTitles[querySpanSource]}: ${spans === '' ? 'none' : spans}`]),
    ...(isFallback ? [`${spans === '' ? 'no span to compare' : 'none of them has weight'}: whole sentences are compared`] : []),
    ...(demonstrations.length === 0 ? ['no demonstrations: the models know only the types'] : []),
    ...demonstrations.flatMap((demonstration, index) => [
      `${index + 1}. ${demonstration.score.toFixed(2)} ${demonstration.by.replace('-', ' ')}  ${told(demonstration)}`,
      ...(demonstration.reason === undefined ? [] : [inSpite(demonstration.rank, demonstration.reason)]),
      ...pairTable(text, demonstration).map((line) => `   ${line}`),
    ]),
    ...leftOut.flatMap((sentence) => [
      `–  ${sentence.score.toFixed(2)} left out  ${told(sentence)}`,
      inSpite(sentence.rank, sentence.reason),
    ]),
    ...(cut === undefined ? [] : [`${cut.count} cut. ${printable(cut.reason)}`]),
  ];
}

/** The pairs of spans whose cosines, by weight, are the score. */
function pairTable(text: string, { sentence, matches }: RankedDemonstration): readonly string[] {
  return alignedTable(
    matches.map(({ query, weight, candidate, cosine }) => [
      quoted(text.slice(query.start, query.end)),
      `~ ${quoted(sentence.text.slice(candidate.start, candidate.end))}`,
      `cosine ${cosine.toFixed(2)}, weight ${Number(weight.toFixed(2))}`,
    ]),
    { right: [2] },
  );
}

function proposal({ modelId, reply, alignment }: Verified['proposals'][number]): string {
  return alignment === 'exact' ? modelId : `${modelId} (wrote ${quoted(reply)}, ${alignment})`;
}

function ballot({ votes }: Verified | Rejected): string {
  return votes
    .map(
      ({ modelId, choice, probability }) =>
        `${modelId}: ${printable(choice)}${probability === undefined ? '' : ` ${probability.toFixed(2)}`}`,
    )
    .join(', ');
}

function verdicts(mention: Verified | Rejected): string {
  return mention.verdicts
    .map(({ modelId, type, accepted, probability }) => {
      const belief = probability === undefined ? '' : ` (${probability.toFixed(2)} for yes)`;
      return `${printable(type)}? ${modelId}: ${accepted ? 'yes' : 'no'}${belief}`;
    })
    .join(', ');
}

function rejection({ stage, reason }: Rejected): string {
  return `${stage}: ${printable(reason)}`;
}

function callTable(calls: readonly Call[], colours: Colours): readonly string[] {
  const rows = calls.map((call) => [
    call.stage,
    call.modelId,
    call.outcome,
    tokens(call.usage),
    milliseconds(call.durationMs),
    remarks(call),
  ]);
  const style = (cell: string, column: number, row: number): string =>
    column === 2 && calls[row]?.outcome !== 'answered' ? colours.red(cell) : cell;
  return alignedTable(rows, { right: [3, 4], style }).map((line) => line.trimEnd());
}

function remarks({ cutOff, droppedDemonstrations, error }: Call): string {
  const remarks = [
    ...(cutOff ? ['cut off at the token limit'] : []),
    ...(droppedDemonstrations > 0 ? [`demonstrations left out: ${droppedDemonstrations}`] : []),
    ...(error === undefined ? [] : [printable(error.message)]),
  ];
  return remarks.join(', ');
}

function tokens({ promptTokens, cachedTokens, replyTokens }: Usage): string {
  return `${promptTokens} + ${replyTokens} tokens (${cachedTokens} cached)`;
}

function milliseconds(durationMs: number): string {
  return `${durationMs.toFixed(0)} ms`;
}
