import type { NerError } from '../error.ts';
import { sampleSentences } from '../experiment/experiment.ts';
import type { DoubtfulSpan } from '../suggestion/doubt.ts';
import { type Suggestion, suggest } from '../suggestion/suggest.ts';
import { counted } from './counted.ts';
import { degradationLines } from './degradation-lines.ts';
import { type ExitCode, exitCodeAfter } from './exit-code.ts';
import type { SuggestFlags } from './flags.ts';
import { highlight } from './highlight.ts';
import { openRecognizer, openSource } from './open-recognizer.ts';
import { printable } from './printable.ts';
import { openStats } from './stats.ts';
import type { Colours, Terminal } from './terminal.ts';
import { noteUnread, readFreshTexts } from './texts.ts';

/**
 * `el4ner suggest`: of texts without labels, those whose labels would teach the ensemble most, with what it makes of them, to be corrected and
 * added to the pool.
 * @throws {NerError} `unreadable-input`; `usage` if no text is left to suggest.
 */
export async function suggestCommand(flags: SuggestFlags, terminal: Terminal): Promise<ExitCode> {
  const { texts: path, n, sample, seed, format, stats: _, prices: __, ...asked } = flags;
  const stats = await openStats(flags);
  await using opened = new AsyncDisposableStack();
  const source = await openSource(asked, opened, terminal);
  const fresh = await readFreshTexts(path, source);
  const read = sampleSentences(fresh, sample, seed);
  const { recognizer } = await openRecognizer(asked, source, opened, terminal);
  const failures: NerError[] = [];
  let done = 0;
  const suggestions = await suggest(
    read,
    {
      recognizer,
      embedder: source.embedder,
      n,
      onText(result) {
        stats?.add(result);
        if (result.status === 'failed') failures.push(result.error);
        else for (const line of degradationLines(result)) terminal.note(`text ${result.id}: ${line}`);
        terminal.progress(`Reading: ${++done} of ${counted(read.length, 'text')}`);
      },
    },
    terminal.signal,
  );
  for (const suggestion of suggestions) await terminal.print(format === 'jsonl' ? row(suggestion) : story(suggestion, terminal.colours));
  for (const line of stats?.lines(recognizer.preparation) ?? []) terminal.note(line);
  noteUnread(failures, terminal);
  terminal.note(account(suggestions.length, done - failures.length, fresh.length - read.length));
  return exitCodeAfter(failures, done - failures.length);
}

function account(suggested: number, read: number, others: number): string {
  const unread = others > 0 ? ` ${counted(others, 'more text')} can be read with a greater --sample.` : '';
  if (suggested === 0) return `Nobody disagrees about any of ${counted(read, 'text')}.${unread}`;
  return `${counted(suggested, 'suggestion')} from ${counted(read, 'text')}.${unread} Correct them and add them to the pool.`;
}

/** A labelled sentence as pools have them; what comes after the entities is for those who correct it. */
function row({ id, text, entities, gain, doubts }: Suggestion): string {
  const mentions = entities.map((entity) => ({ ...entity, score: rounded(entity.score) }));
  const opinions = ({ doubt, opinions, ...span }: DoubtfulSpan) => ({ ...span, doubt: rounded(doubt), opinions: mostly(opinions) });
  return `${JSON.stringify({ id, text, entities: mentions, gain: rounded(gain), doubts: doubts.filter(isWorthTelling).map(opinions) })}\n`;
}

/** The text, and what the members say of its doubtful spans. */
function story({ id, text, entities, doubts }: Suggestion, colours: Colours): string {
  const lines = doubts
    .filter(isWorthTelling)
    .sort((a, b) => b.doubt - a.doubt)
    .map((span) => `  ${printable(span.text)}: ${printable(sharesOf(span))}\n`);
  return `${colours.bold(`── ${printable(id)}`)}\n${highlight(text, entities, colours)}\n${lines.join('')}\n`;
}

function sharesOf({ opinions }: DoubtfulSpan): string {
  return Object.entries(mostly(opinions))
    .map(([choice, share]) => `${choice} ${(100 * share).toFixed(0)} %`)
    .join(', ');
}

function isWorthTelling({ doubt }: DoubtfulSpan): boolean {
  return doubt >= 0.1;
}

/** Without answers in which hardly anybody believes. */
function mostly(opinions: DoubtfulSpan['opinions']): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(opinions).flatMap(([choice, share]) => (share < 0.05 ? [] : [[choice, rounded(share)]])));
}

function rounded(value: number): number {
  return Number(value.toFixed(4));
}
