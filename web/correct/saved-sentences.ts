import { none } from '../../src/document/entity-type.ts';
import type { TypedSpan } from '../../src/document/labelled.ts';
import { sentences } from '../../src/document/sentences.ts';
import { overlap, type Span } from '../../src/document/span.ts';
import type { LabelledBody, PoolBody } from '../../src/server/schemas.ts';
import { occurrences } from './marking.ts';
import { folded } from './type-name.ts';

/** A sentence as a person saved it last, corrected or as models had labelled it. */
export interface SavedSentence extends LabelledBody {
  /** Of the server; missing where it is that of the page. */
  readonly pool?: string | undefined;
  /** Types that were in question: it has no other mentions of these. */
  readonly types: readonly string[];
}

/** A part of a text that is a saved sentence. */
export interface SavedPart extends Span {
  /** With offsets in the text. */
  readonly mentions: readonly TypedSpan[];
  readonly types: readonly string[];
}

/** What was saved with further sentences; one takes the place of another of the same text in the same pool. */
export function withSaved(saved: readonly SavedSentence[], further: readonly SavedSentence[]): readonly SavedSentence[] {
  const isAnew = (one: SavedSentence): boolean => further.some(({ pool, text }) => pool === one.pool && text === one.text);
  return [...saved.filter((one) => !isAnew(one)), ...further];
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

/**
 * Whether a sentence has just the mentions that it was saved with, whatever the case of their types.
 * @param types - that are in question besides those that were then; mentions of others do not count.
 */
export function isAsSaved(saved: SavedSentence, { text, entities }: LabelledBody, types: readonly string[] = []): boolean {
  if (saved.text !== text) return false;
  const asked = [...saved.types, ...types];
  return JSON.stringify(labelsOf(saved.entities)) === JSON.stringify(labelsOf(entities.filter(({ type }) => isTypeIn(asked, type))));
}

function labelsOf(entities: LabelledBody['entities']): readonly string[] {
  return entities
    .filter(({ type }) => folded(type) !== none)
    .map(({ start, end, type }) => `${start} ${end} ${folded(type)}`)
    .sort();
}

/** Whether a type is among others, whatever the case. */
export function isTypeIn(types: readonly string[], type: string): boolean {
  return types.some((other) => folded(other) === folded(type));
}

/** Where a text has whole sentences that were saved; of those that overlap, as one that several pools have, what was saved last. */
export function savedParts(text: string, saved: readonly SavedSentence[]): readonly SavedPart[] {
  const here = saved.filter((sentence) => text.includes(sentence.text));
  if (here.length === 0) return [];
  const whole = sentences(text);
  const [starts, ends] = [new Set(whole.map(({ start }) => start)), new Set(whole.map(({ end }) => end))];
  const parts = here.flatMap(({ text: words, entities, types }) =>
    occurrences(text, words)
      .filter(({ start, end }) => starts.has(start) && ends.has(end))
      .map(({ start, end }) => ({
        start,
        end,
        types,
        mentions: entities.map((mention) => ({ start: mention.start + start, end: mention.end + start, type: mention.type })),
      })),
  );
  return parts.filter((part, at) => !parts.some((other, later) => later > at && overlap(part, other)));
}
