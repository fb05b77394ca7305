import type { Completion } from './dialect.ts';
import { saysNone, withoutThinking } from './prose-reply.ts';
import { breakControlTokens, restoreControlTokens } from './quoting.ts';

const marker = /\[(?:CLS|SEP)\]/;

/** A text on one line, without anything that could be taken for a marker or another control token: `[\CLS]`. */
export function showPlain(text: string): string {
  return breakControlTokens(text.replace(/[\s\p{Cc}]+/gu, ' ').trim());
}

/** `[CLS]span[SEP]span[SEP]`, and `[CLS]` alone for none. */
export function writeSpans(spans: readonly string[]): string {
  return `[CLS]${spans.map((span) => `${showPlain(span)}[SEP]`).join('')}`;
}

/** `[CLS]span[SEP]type[CLS]span[SEP]type`, and `[CLS]` alone for none. */
export function writePairs(pairs: readonly (readonly [span: string, type: string])[]): string {
  return pairs.length === 0 ? '[CLS]' : pairs.map(([span, type]) => `[CLS]${showPlain(span)}[SEP]${showPlain(type)}`).join('');
}

/** The spans of a reply as `writeSpans` writes them, however many markers of either kind there are; `undefined` if there is none. */
export function readSpans(completion: Completion): readonly string[] | undefined {
  return markedPart(completion)?.split(marker).flatMap(readPart) ?? (saysNone(completion.text) ? [] : undefined);
}

/** The pairs of a reply as `writePairs` writes them; `undefined` if there is no marker. A span without a type is left out. */
export function readPairs(completion: Completion): readonly (readonly [span: string, type: string])[] | undefined {
  const marked = markedPart(completion);
  if (marked === undefined) return saysNone(completion.text) ? [] : undefined;
  return marked.split('[CLS]').flatMap((group) => {
    const [span, type] = group.split('[SEP]').flatMap(readPart);
    return span === undefined || type === undefined ? [] : [[span, type] as const];
  });
}

/** The reply from its first marker on, without another solved text that a model goes on with, and without a part that was cut off. */
function markedPart({ text, finishReason }: Completion): string | undefined {
  const answer = withoutThinking(text);
  const start = answer.search(marker);
  if (start === -1) return undefined;
  const [marked = '', next] = answer.slice(start).split(/\n\s*(?:\n|Text:)/);
  const isCut = finishReason === 'length' && next === undefined;
  return isCut ? marked.slice(0, Math.max(marked.lastIndexOf('[CLS]'), marked.lastIndexOf('[SEP]')) + '[CLS]'.length) : marked;
}

/** What stands between two markers, on their line: further lines are a model's remarks. */
function readPart(part: string): string[] {
  const [line = ''] = part.split('\n');
  return line.trim() === '' ? [] : [restoreControlTokens(line.trim())];
}
