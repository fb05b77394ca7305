import { none } from '../document/entity-type.ts';
import { sameSpan } from '../document/span.ts';
import type { Recognition } from '../pipeline/recognition.ts';
import { doubtsIn } from './doubt.ts';

/**
 * How much the members' opinions speak for what was decided about the least certain span of the text, in [0, 1]: for its type if it is an
 * entity, for none if it is not. 1 where nobody proposed anything.
 * @see Xie et al., Self-Improving for Zero-Shot Named Entity Recognition with Large Language Models, 2024 (self-consistency scores of entities and
 * samples). Deviation: the opinions are those of several models instead of several samples of one, and a text is as sure as its least
 * certain span instead of as its spans on average.
 */
export function consistency(recognition: Recognition): number {
  const { entities } = recognition;
  return doubtsIn(recognition).reduce((least, { opinions, ...span }) => {
    const entity = entities.find((other) => sameSpan(other, span) || other.text === span.text);
    return Math.min(least, opinions[entity?.type ?? none] ?? 0);
  }, 1);
}
