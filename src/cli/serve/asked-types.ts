import { type EntityType, entityTypes, foldedName } from '../../document/entity-type.ts';
import type { LabelledText } from '../../document/labelled.ts';
import { usageError } from '../../error.ts';
import { pointingTo } from '../../server/problem.ts';
import type { Asked } from '../../server/service.ts';
import { typesOfLabels } from '../inventory.ts';

/**
 * The types that a request asks for, or those of its pool.
 * @param labels - of the pool.
 * @throws {ProblemError} that points to a type that cannot be.
 */
export function typesFor({ types, pool }: Asked, labels: readonly string[]): readonly EntityType[] {
  if (types !== undefined) return checked(types.map(typeOf));
  if (Array.isArray(pool)) checkLabels(pool, [], (sentence) => ['pool', sentence]);
  return pointingTo(['pool'], () => typesOfLabels(labels));
}

function checked(types: readonly EntityType[]): readonly EntityType[] {
  const seen = new Map<string, EntityType>();
  for (const [at, type] of types.entries()) {
    const before = seen.get(foldedName(type.name));
    pointingTo(['types', at], () => entityTypes(before === undefined ? [type] : [before, type]));
    seen.set(foldedName(type.name), type);
  }
  return types;
}

/**
 * Requests that name no types ask for all that a pool has, so these must go together.
 * @param labels - that the pool has already.
 * @param pathTo - a sentence, by its place.
 * @throws {ProblemError} that points to the first mention whose type cannot stand beside those before it.
 */
export function checkLabels(
  sentences: readonly LabelledText[],
  labels: readonly string[],
  pathTo: (sentence: number) => readonly PropertyKey[],
): void {
  const known = new Map(labels.map((label) => [foldedName(label), label]));
  for (const [place, { entities }] of sentences.entries()) {
    for (const [at, { type }] of entities.entries()) {
      const spelt = known.get(foldedName(type)) ?? type;
      pointingTo([...pathTo(place), 'entities', at, 'type'], () => {
        if (spelt !== type) throw usageError(`The pool calls this type "${spelt}"; expected that spelling, and "${type}" came.`);
        entityTypes([type]);
      });
      known.set(foldedName(type), spelt);
    }
  }
}

function typeOf(type: Exclude<Asked['types'], undefined>[number]): EntityType {
  if (typeof type === 'string') return { name: type };
  const { name, definition } = type;
  return definition === undefined ? { name } : { name, definition };
}
