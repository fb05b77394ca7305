import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { usageError } from '../error.ts';

/** A model that comes with the package; its weights lie in the package's `models/`. */
export interface BundledModel {
  /** `nano:<name>` is its URI. */
  readonly name: string;
  readonly path: string;
  /** Where its card is, a text in Markdown on what it was made of and how good it is. */
  readonly card: string;
  /** What texts it is for, in one line. */
  readonly purpose: string;
  readonly parameters: number;
  /** Prompt and reply together, in tokens, as far as it was trained. */
  readonly contextTokens: number;
  /** Longest text it should be given at once, in UTF-16 code units. */
  readonly textLimit: number;
  /** Length of text up to which it is at its best, in UTF-16 code units, found by measurement. */
  readonly windowLength: number;
  /** What its vote weighs among the bundled models, found by measurement. */
  readonly weight: number;
  readonly license: string;
  /** Of the weights' file, in hexadecimal. */
  readonly sha256: string;
}

const folder = new URL('../../models/', import.meta.url);

const manifest = z.array(
  z.object({
    name: z.string(),
    file: z.string(),
    purpose: z.string(),
    parameters: z.number(),
    contextTokens: z.number(),
    textLimit: z.number(),
    windowLength: z.number(),
    weight: z.number(),
    license: z.string(),
    sha256: z.string(),
  }),
);

/** The models that come with the package, in the order of the default ensemble, as `models/models.json` lists them. */
export async function bundledModels(): Promise<readonly BundledModel[]> {
  const listed = manifest.parse(JSON.parse(await readFile(new URL('models.json', folder), 'utf8')));
  return listed.map(({ file, ...model }) => ({
    ...model,
    path: fileURLToPath(new URL(file, folder)),
    card: fileURLToPath(new URL(`${model.name}.md`, folder)),
  }));
}

/** The same by the URIs that an ensemble names them by. */
export async function bundledUris(): Promise<readonly string[]> {
  return (await bundledModels()).map(({ name }) => `nano:${name}`);
}

/**
 * The one of these models that is called so.
 * @throws {NerError} `usage`, with the names that there are.
 */
export function modelCalled(name: string, models: readonly BundledModel[]): BundledModel {
  const model = models.find((candidate) => candidate.name === name);
  if (model !== undefined) return model;
  const known = models.map((candidate) => `nano:${candidate.name}`).join(', ');
  throw usageError(`No bundled model is called "${name}". Known are ${known}.`);
}
