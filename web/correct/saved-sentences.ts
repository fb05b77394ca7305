import { none } from '../../src/document/entity-type.ts';
import type { TypedSpan } from '../../src/document/labelled.ts';
import { sentences } from '../../src/document/sentences.ts';
import { overlap, type Span } from '../../src/document/span.ts';
import type { LabelledBody, PoolBody } from '../../src/server/schemas.ts';
import { occurrences } from './marking.ts';

/** A sentence as a person saved it last, corrected or as models had labelled it. */
export interface SavedSentence extends LabelledBody {
  /** Of the server; missing where it is that of the page. */
  readonly pool?: string | undefined;
}

/** A part of a text that is a saved sentence. */
export interface SavedPart extends Span {
  /** With offsets in the text. */
  readonly mentions: readonly TypedSpan[];
}

/** What was saved with further sentences; one takes the place of another of the same text in the same pool. */
export function withSaved(
  saved: readonly SavedSentence[],
  pool: string | undefined,
  further: readonly LabelledBody[],
): readonly SavedSentence[] {
  const texts = new Set(further.map(({ text }) => text));
  return [...saved.filter((one) => one.pool !== pool || !texts.has(one.text)), ...further.map((sentence) => ({ ...sentence, pool }))];
}

/** What was saved without that of pools that cannot have all of it any more, such as a new one of the same name. */
export function stillSaved(
  saved: readonly SavedSentence[],
  pools: readonly Pick<PoolBody, 'name' | 'sentences'>[],
): readonly SavedSentence[] {
  const counts = Map.groupBy(saved, ({ pool }) => pool);
  return saved.filter(({ pool }) => {
    const there = pools.find(({ name }) => name === pool)?.sentences;
    return there === undefined || there >= (counts.get(pool)?.length ?? 0);
  });
}

/** Whether two sentences are the same with the same mentions, whatever the case of their types. */
export function sameLabels(a: LabelledBody, b: LabelledBody): boolean {
  return a.text === b.text && JSON.stringify(labelsOf(a)) === JSON.stringify(labelsOf(b));
}

function labelsOf({ entities }: LabelledBody): readonly string[] {
  return entities
    .map(({ start, end, type }) => ({ start, end, type: type.trim().toLowerCase() }))
    .filter(({ type }) => type !== none)
    .map(({ start, end, type }) => `${start} ${end} ${type}`)
    .sort();
}

/** Where a text has whole sentences that were saved; of those that overlap, as one that several pools have, what was saved last. */
export function savedParts(text: string, saved: readonly SavedSentence[]): readonly SavedPart[] {
  const here = saved.filter((sentence) => text.includes(sentence.text));
  if (here.length === 0) return [];
  const whole = sentences(text);
  const [starts, ends] = [new Set(whole.map(({ start }) => start)), new Set(whole.map(({ end }) => end))];
  const parts = here.flatMap(({ text: words, entities }) =>
    occurrences(text, words)
      .filter(({ start, end }) => starts.has(start) && ends.has(end))
      .map(({ start, end }) => ({
        start,
        end,
        mentions: entities.map((mention) => ({ start: mention.start + start, end: mention.end + start, type: mention.type })),
      })),
  );
  return parts.filter((part, at) => !parts.some((other, later) => later > at && overlap(part, other)));
}
