import { none } from '../../src/document/entity-type.ts';
import type { LabelledBody } from '../../src/server/schemas.ts';

/** What of a name tells it from others. */
export const folded = (name: string): string => name.trim().toLowerCase();

/**
 * The type that a name says: one that is known, whatever the case, or a new one.
 * @returns `undefined` for a name that no type can have: an empty one, and that of the answer that a mention has no type.
 */
export function typeNamed(name: string, known: readonly string[]): string | undefined {
  if (['', none].includes(folded(name))) return undefined;
  return known.find((type) => folded(type) === folded(name)) ?? name.trim();
}

/** Labelled sentences whose types are called as those that are known, or as where they first occur, without mentions of no type. */
export function withKnownTypes(sentences: readonly LabelledBody[], known: readonly string[]): readonly LabelledBody[] {
  const types = [...known];
  return sentences.map(({ text, entities }) => ({
    text,
    entities: entities.flatMap(({ start, end, type }) => {
      const name = typeNamed(type, types);
      if (name === undefined) return [];
      types.push(name);
      return [{ start, end, type: name }];
    }),
  }));
}
