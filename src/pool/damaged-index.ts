import { dirname, join } from 'node:path';
import { NerError } from '../error.ts';

/** The file of an index that says what else there is; an index without it is none. */
export const manifestName = 'index.json';

/**
 * The error of a file of an index that cannot be used as it is, with what helps. A build that finds no manifest makes all files anew; the
 * directory is not to be removed, as it may hold the pool, too.
 * @param path - in the directory of the index.
 * @param found - what is wrong with it, as a sentence without its full stop.
 */
export function damagedIndex(path: string, found: string, cause?: unknown): NerError {
  const manifest = join(dirname(path), manifestName);
  return new NerError(
    `The index file ${path} cannot be used. ${found}. Delete ${manifest} and build the index anew with \`el4ner index\`.`,
    { code: 'unreadable-input', path },
    { cause },
  );
}
