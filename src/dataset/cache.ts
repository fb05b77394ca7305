import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { NerError } from '../error.ts';
import { type DownloadOptions, download } from './download.ts';
import type { NamedDataset, RemoteFile, SplitFile } from './named-dataset.ts';
import { unwritable } from './partial-file.ts';
import { tarMember } from './tar.ts';
import { unreadableFile } from './text-file.ts';
import { writeWholeFile } from './whole-file.ts';

/** A file or an archive may have no more than this, packed or not. The largest one listed has 38 MB. */
const mostBytes = 2 ** 28;

/**
 * Where the system wants caches to be: `XDG_CACHE_HOME`, on Windows `LOCALAPPDATA`, else `.cache` at home; in it, `el4ner`.
 * @see https://specifications.freedesktop.org/basedir-spec/latest/ relative paths are ignored.
 */
export function cacheDirectory(environment: Readonly<Record<string, string | undefined>>, home: string): string {
  const root = environment['XDG_CACHE_HOME'] ?? environment['LOCALAPPDATA'] ?? '';
  return join(isAbsolute(root) ? root : join(home, '.cache'), 'el4ner');
}

/** Where the files of a data set lie: all in one directory, `datasets/NAME`. */
export function datasetDirectory({ name }: NamedDataset, cache: string): string {
  return join(cache, 'datasets', name);
}

/** A file that is here and was compared with its sum. */
export interface CachedFile {
  readonly split: SplitFile['split'];
  /** Of the data; they are unpacked if they came in an archive. */
  readonly path: string;
  readonly url: string;
  /** Of what the address gives. */
  readonly sha256: string;
  /** Who is trusted for the sum: those who published it, or the first download. */
  readonly trust: 'published' | 'first-download';
  readonly origin: 'network' | 'cache';
}

export interface FetchOptions extends Pick<DownloadOptions, 'patience' | 'signal' | 'onRetry'> {
  readonly cache: string;
  /** A file that was here is not used, and why. */
  readonly onStale: (reason: string) => void;
  readonly onProgress?: ((file: string, bytes: number, totalBytes: number | undefined) => void) | undefined;
}

/** Which files of a data set are in the cache, without a look into them. */
export async function cachedState(dataset: NamedDataset, cache: string): Promise<'yes' | 'partly' | 'no'> {
  const directory = datasetDirectory(dataset, cache);
  const are = await Promise.all(dataset.files.map((file) => exists(join(directory, nameOf(file)))));
  if (are.every(Boolean)) return 'yes';
  return are.some(Boolean) ? 'partly' : 'no';
}

/**
 * Brings a data set to the cache: its files as they are at their addresses, its licence, and a README that says where it all comes from.
 * What is there and has its sum is not fetched again, so that without a network nothing fails that was here before. Where no sum was
 * published, that of the first download is recorded beside the file (`NAME.sha256`, as `sha256sum -c` reads it) and holds from then on.
 * @throws {NerError} `download-failed`, `unreadable-input` for an archive that cannot be unpacked, `usage` if the cache cannot be written.
 * @throws `signal.reason` once the signal is aborted.
 */
export async function fetchDataset(dataset: NamedDataset, options: FetchOptions): Promise<readonly CachedFile[]> {
  const directory = datasetDirectory(dataset, options.cache);
  const files: CachedFile[] = [];
  for (const file of dataset.files) {
    const { path, ...obtained } = await obtain(file, dataset, options);
    const data = file.member === undefined ? path : await unpacked(path, file.member, obtained.origin);
    files.push({ split: file.split, path: data, url: file.url, ...obtained });
  }
  const { file: statement } = dataset.licence;
  if (statement !== undefined) await obtain(statement, dataset, options);
  await keepNote(join(directory, 'LICENSE.txt'), licenceNote(dataset));
  await keepNote(join(directory, 'README.md'), readme(dataset, files));
  return files;
}

async function obtain(
  file: RemoteFile,
  dataset: NamedDataset,
  options: FetchOptions,
): Promise<Pick<CachedFile, 'path' | 'sha256' | 'trust' | 'origin'>> {
  const { onProgress, onStale, ...rest } = options;
  const path = join(datasetDirectory(dataset, options.cache), nameOf(file));
  const record = `${path}.sha256`;
  const trust = file.sha256 === undefined ? 'first-download' : 'published';
  const expected = file.sha256 ?? (await recordedSum(record));
  const here = expected === undefined ? undefined : await sumOf(path, options.signal);
  if (here !== undefined && here === expected) return { path, sha256: here, trust, origin: 'cache' };
  if (here !== undefined) onStale(`${path} has the SHA-256 ${here}; expected ${expected}. It is fetched again.`);

  const source =
    trust === 'published'
      ? `The sum was published by others who had the file; see ${dataset.homepage} for what has changed.`
      : `The sum is that of the first download. To take the file as it is now, remove ${record}.`;
  const sha256 = await download({ url: file.url, sha256: expected, bytes: file.bytes }, path, {
    ...rest,
    mostBytes,
    advice: {
      refused: `See ${dataset.homepage} for where the data set is now.`,
      different: expected === undefined ? `See ${dataset.homepage}.` : source,
    },
    onProgress: (bytes, totalBytes) => onProgress?.(basename(path), bytes, totalBytes),
  });
  if (expected === undefined) await recordSum(record, sha256, file);
  return { path, sha256, trust, origin: 'network' };
}

function nameOf({ url }: RemoteFile): string {
  return basename(new URL(url).pathname);
}

/** Undefined if there is no such file. */
async function sumOf(path: string, signal: AbortSignal): Promise<string | undefined> {
  if (!(await exists(path))) return undefined;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash, { signal }).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw unreadableFile(path, 'a file of a data set', cause);
  });
  return hash.digest('hex');
}

async function recordedSum(record: string): Promise<string | undefined> {
  const content = await readFile(record, 'utf8').catch(() => '');
  return /^([0-9a-f]{64}) {2}\S+\n$/.exec(content)?.[1];
}

/** @throws {NerError} `download-failed` if another process has recorded another sum since. */
async function recordSum(record: string, sha256: string, { url }: RemoteFile): Promise<void> {
  try {
    await writeFile(record, `${sha256}  ${basename(record, '.sha256')}\n`, { flag: 'wx' });
  } catch (cause) {
    const recorded = await recordedSum(record);
    if (recorded === undefined) throw unwritable(record, cause);
    if (recorded === sha256) return;
    const message = `${url} has the SHA-256 ${sha256}, but another download just now had ${recorded}. Try again; if it stays so, remove ${record}.`;
    throw new NerError(message, { code: 'download-failed', url }, { cause });
  }
}

/** The path of an archive's member, unpacked beside it. */
async function unpacked(archive: string, member: string, origin: CachedFile['origin']): Promise<string> {
  const path = join(dirname(archive), basename(member));
  if (origin === 'cache' && (await exists(path))) return path;
  let data: Uint8Array | undefined;
  try {
    data = tarMember(await promisify(gunzip)(await readFile(archive), { maxOutputLength: mostBytes }), member);
  } catch (cause) {
    throw unreadableFile(archive, 'a gzipped tar archive', cause);
  }
  if (data === undefined) {
    const message = `${archive} has no file ${member}; expected the archive that this data set had when it was listed.`;
    throw new NerError(message, { code: 'unreadable-input', path: archive });
  }
  await writeWholeFile(path, data);
  return path;
}

/** Writes a note unless it is there already, so that a cache that may only be read will do. */
async function keepNote(path: string, content: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => undefined)) !== content) await writeWholeFile(path, content);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** What a person must know before using the data. */
export function licenceNote({ name, licence, citation, homepage }: NamedDataset): string {
  const { note, file } = licence;
  const lines = [
    `The data set ${name} is the work of its authors, under this licence: ${licence.name}`,
    `Text of the licence: ${licence.url}`,
    ...(note === undefined ? [] : [note]),
    ...(file === undefined ? [] : [`Its authors say so in ${nameOf(file)}, ${file.url}`]),
    `Cite: ${citation}`,
    `Homepage: ${homepage}`,
  ];
  return `${lines.join('\n')}\n`;
}

function readme(dataset: NamedDataset, files: readonly CachedFile[]): string {
  const { name, description, homepage, types } = dataset;
  const rows = files.map(({ split, path, url, sha256, trust }) => `| ${split} | ${basename(path)} | ${url} | ${sha256} | ${trust} |`);
  return `# ${name}

${description}

- Types: ${types.join(', ')}
- Licence: ${dataset.licence.name}, see LICENSE.txt
- Homepage: ${homepage}

| split | file | address | SHA-256 of what it gives | sum trusted from |
|---|---|---|---|---|
${rows.join('\n')}
`;
}
