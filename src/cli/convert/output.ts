import { realpath } from 'node:fs/promises';
import { basename, dirname, extname, join, relative } from 'node:path';
import { formatsByExtension } from '../../dataset/detect-format.ts';
import type { DatasetFormatName, WriteSettings } from '../../dataset/format.ts';
import { datasetFormats } from '../../dataset/formats.ts';
import { makeDirectory } from '../../dataset/make-directory.ts';
import { unwritable } from '../../dataset/partial-file.ts';
import type { Sample } from '../../dataset/sample.ts';
import { writeWholeDirectory, writeWholeFile } from '../../dataset/whole-file.ts';
import { withoutScores } from '../../dataset/without-scores.ts';
import { usageError } from '../../error.ts';
import type { Terminal } from '../terminal.ts';

/** Where a data set goes, and as what. */
export interface Output {
  /** `-` is the standard output. */
  readonly path: string;
  readonly format: DatasetFormatName;
}

const writtenByExtension: Readonly<Record<string, DatasetFormatName>> = { ...formatsByExtension, '.tsv': 'conll', '.pubtator': 'pubtator' };

/**
 * The format that an output's name tells; rows of ours for the standard output.
 * @throws {NerError} `usage` if it tells none.
 */
export function formatOfName(path: string): DatasetFormatName {
  const format = path === '-' ? 'jsonl' : writtenByExtension[extname(path).toLowerCase()];
  if (format !== undefined) return format;
  throw usageError(`The name ${path} does not tell a format. Say which it is to have with --to.`);
}

/** @throws {NerError} `usage` if the output is the input, a part of it, or would become one. */
export async function requireOther(input: string, { path, format }: Output): Promise<void> {
  if (path === '-') return;
  const [from, to] = [await resolved(input), await resolved(path)];
  const standoff = /\.(?:txt|ann)$/;
  const isWithin = !relative(from, to).startsWith('..') && (standoff.test(to) || datasetFormats[format].output === 'directory');
  const isPair = standoff.test(from) && standoff.test(to) && from.replace(standoff, '') === to.replace(standoff, '');
  if (from === to || isWithin || isPair) {
    throw usageError(`${path} is the input or a part of it, which is never overwritten or added to. Give another path.`);
  }
}

/** A path without links in it; what does not exist yet lies where the directories above it are. */
async function resolved(path: string): Promise<string> {
  const above = dirname(path);
  return realpath(path).catch(async () => (above === path ? path : join(await resolved(above), basename(path))));
}

/**
 * Writes samples, and makes the directories above the output that are missing.
 * @throws {NerError} `usage` if the format cannot be written, or not there.
 */
export async function writeSamples(
  samples: AsyncIterable<Sample>,
  { path, format: name }: Output,
  settings: WriteSettings,
  { print }: Terminal,
): Promise<void> {
  const format = datasetFormats[name];
  if (format.output === 'none') throw usageError(`The format ${name} has no room for mentions; it can only be read.`);
  const written = format.keepsScores ? samples : withoutScores(samples, settings.report);
  if (format.output === 'directory') {
    if (path === '-') throw usageError(`The format ${name} is a directory of files. Give a path for it.`);
    await writeWholeDirectory(path, format.write(written, settings));
  } else if (path === '-') {
    for await (const piece of format.write(written, settings)) await print(piece);
  } else {
    await makeDirectory(dirname(path)).catch((cause: unknown) => {
      throw unwritable(path, cause);
    });
    await writeWholeFile(path, format.write(written, settings));
  }
}
