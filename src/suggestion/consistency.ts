import { none } from '../document/entity-type.ts';
import { sameSpan } from '../document/span.ts';
import type { Recognition } from '../pipeline/recognition.ts';
import { opinionsOf } from './doubt.ts';

/**
 * How much the members' opinions speak for what was decided about the least certain span of the text, in [0, 1]: for its type if it is an
 * entity, for none if it is not. 1 where nobody proposed anything. What only overlaps an entity and is left out for that says nothing.
 * @see Xie et al., Self-Improving for Zero-Shot Named Entity Recognition with Large Language Models, 2024 (self-consistency scores of entities and
 * samples). Deviation: the opinions are those of several models instead of several samples of one, and a text is as sure as its least
 * certain span instead of as its spans on average.
 */
export function consistency({ entities, trace }: Recognition): number {
  const shares = trace.flatMap(({ start: offset, document }) =>
    document.mentions.flatMap((mention) => {
      if (mention.status === 'rejected' && ['resolve', 'merge'].includes(mention.stage)) return [];
      const span = { start: mention.start + offset, end: mention.end + offset };
      const decided = entities.find((entity) => sameSpan(entity, span))?.type ?? none;
      return [opinionsOf(mention).get(decided) ?? 0];
    }),
  );
  return Math.min(1, ...shares);
}
