import { access, constants, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { NerError, usageError } from '../../error.ts';
import type { EvalFlags } from '../flags.ts';

/** A path of the command line, and what it is there for. */
interface Named {
  readonly name: string;
  readonly path: string;
}

/**
 * Tells before the work what would be an error or a loss after it: an output that cannot be written, two in one file, or one in place
 * of what is read.
 * @throws {NerError} `usage`
 */
export async function checkOutputPaths(flags: EvalFlags): Promise<void> {
  const outputs = named({ '--json': flags.json, '--html': flags.html, '--journal': flags.journal });
  const inputs = [
    ...named({ '--data': flags.data, '--pool': flags.pool }),
    ...(flags.types ?? '').split(',').flatMap((part) => {
      const word = part.trim();
      return word.startsWith('@') ? [{ name: '--types', path: word.slice(1) }] : [];
    }),
  ];
  const taken = new Map<string, string>();
  for (const { name, path } of inputs) taken.set(await placeOf(path), name);
  for (const { name, path } of outputs) {
    await checkWritable(path, { inPlace: name === '--journal' });
    if (await isStream(path)) continue;
    const place = await placeOf(path);
    const directory = taken.get(dirname(place));
    if (directory !== undefined) {
      throw usageError(`${path} lies in the directory of ${directory}, whose files are read; expected another place for ${name}.`);
    }
    const other = taken.get(place);
    if (other !== undefined) throw usageError(`${other} and ${name} are both ${path}; expected a file of its own for ${name}.`);
    taken.set(place, name);
  }
}

function named(paths: Readonly<Record<string, string | undefined>>): readonly Named[] {
  return Object.entries(paths).flatMap(([name, path]) => (path === undefined ? [] : [{ name, path }]));
}

/** @param options.inPlace - whether a file that is there is written on, and not replaced by another. */
async function checkWritable(path: string, { inPlace }: { readonly inPlace: boolean }): Promise<void> {
  const existing = await stat(path).catch(() => undefined);
  if (existing?.isDirectory() === true) throw usageError(`${path} is a directory; expected the path of a file to write.`);
  // Unless it is written on, a file is written beside its path first; a pipe or a device is written itself.
  const target = existing === undefined || (existing.isFile() && !inPlace) ? dirname(path) : path;
  await access(target, constants.W_OK).catch((cause: unknown) => {
    throw new NerError(`${path} cannot be written: check that ${target} exists and may be written to.`, { code: 'usage' }, { cause });
  });
}

/** A pipe or a device takes what several write. */
async function isStream(path: string): Promise<boolean> {
  const existing = await stat(path).catch(() => undefined);
  return existing !== undefined && !existing.isFile();
}

/** One name for a file however it is written, also for one that is yet to be. */
async function placeOf(path: string): Promise<string> {
  const real = (existing: string): Promise<string | undefined> => realpath(existing).catch(() => undefined);
  return (await real(path)) ?? join((await real(dirname(path))) ?? resolve(dirname(path)), basename(path));
}
