import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { NerError } from '../../error.ts';
import { damagedIndex, manifestName } from '../damaged-index.ts';
import { candidateSpanSources } from '../span-sources.ts';

/** Version of the files' form. A change that older programs would misread makes it another. */
export const formatVersion = 2;

const storedFile = z.object({
  name: z.string().regex(/^[\w.-]+$/),
  bytes: z.int().nonnegative(),
  /** Of the content: it tells damage, not malice. */
  crc32: z.int().nonnegative(),
});

const settings = z.object({
  /** Where the spans come from that stand for a sentence. */
  candidateSpans: z.enum(candidateSpanSources),
  /** By which rules, of `chunks`: the id of the chunker. */
  chunker: z.string().exactOptional(),
  /** Who extracted them, of `models`: ids of the models with the hashes of their files, if they have any. */
  models: z.array(z.object({ id: z.string(), dialect: z.string(), sha256: z.string().exactOptional() })),
  /** The inventory that models were asked with. */
  types: z.array(z.string()),
  embedder: z.string(),
});

const schema = z.object({
  format: z.literal('el4ner-index'),
  version: z.literal(formatVersion),
  settings,
  dimensions: z.int().nonnegative(),
  sentences: z.int().nonnegative(),
  spans: z.int().nonnegative(),
  files: z.object({
    sentences: storedFile,
    spanVectors: storedFile,
    sentenceVectors: storedFile,
    graph: storedFile.exactOptional(),
    /** Of a pool that has mentions of the types. */
    tagger: storedFile.extend({ trainedBy: z.string() }).exactOptional(),
  }),
});

/** What an index is made with: one made with other settings is another index. */
export type IndexSettings = z.infer<typeof settings>;

/** What an index is, and which files it has. */
export type IndexManifest = z.infer<typeof schema>;

/** A file of an index as its manifest knows it. */
export type StoredFile = z.infer<typeof storedFile>;

/**
 * The manifest of an index; `undefined` if there is none.
 * @throws {NerError} `unreadable-input` if it is damaged, or of another version of the form.
 */
export async function readManifest(directory: string): Promise<IndexManifest | undefined> {
  const path = join(directory, manifestName);
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined;
    throw new NerError(`${path} cannot be read.`, { code: 'unreadable-input', path }, { cause });
  });
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const version = /"version":\s*(\d+)/.exec(text)?.[1];
    const found =
      version === undefined || Number(version) === formatVersion
        ? 'It is damaged'
        : `It has version ${version} of the form, expected ${formatVersion}`;
    throw damagedIndex(path, found, cause);
  }
}
