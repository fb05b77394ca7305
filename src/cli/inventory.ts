import { z } from 'zod';
import { readTextFile } from '../dataset/text-file.ts';
import { type EntityType, entityTypes } from '../document/entity-type.ts';
import { NerError } from '../error.ts';

const typesFile = z.array(z.union([z.string(), z.object({ name: z.string(), definition: z.string().exactOptional() })]));
const expectedFile = 'a JSON array of names, or of {"name": …, "definition"?: …}';

const usualTypes = ['person', 'organization', 'location'];

/**
 * The entity types to look for.
 * @param flag - with commas between them names, or `@` and the path (without a comma) of a JSON file with an array of names or of objects
 * with a `name` and perhaps a `definition`; the types are those of all of them. Left out, they are those of `labels` in their order;
 * failing that person, organization and location.
 * @throws {NerError} `usage` for names that cannot be or come twice, `unreadable-input` for a file.
 */
export async function inventory(flag: string | undefined, labels: readonly string[]): Promise<readonly EntityType[]> {
  if (flag === undefined) return typesOfLabels(labels);
  const parts = flag.split(',').map((part) => part.trim());
  const types = await Promise.all(parts.map((part) => (part.startsWith('@') ? readTypes(part.slice(1)) : [part])));
  return entityTypes(types.flat());
}

/**
 * The types of labels in their order; failing that person, organization and location.
 * @throws {NerError} `usage` for names that cannot be, or differ in case alone.
 */
export function typesOfLabels(labels: readonly string[]): readonly EntityType[] {
  const types = new Set(labels);
  return entityTypes(types.size === 0 ? usualTypes : [...types]);
}

async function readTypes(path: string): Promise<readonly (string | EntityType)[]> {
  const text = await readTextFile(path, expectedFile);
  try {
    return typesFile.parse(JSON.parse(text));
  } catch (cause) {
    throw new NerError(`${path} has no entity types; expected ${expectedFile}.`, { code: 'unreadable-input', path }, { cause });
  }
}
