import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { type CachedFile, cacheDirectory, cachedState, datasetDirectory, fetchDataset } from '../dataset/cache.ts';
import { usualPatience } from '../dataset/download.ts';
import type { NamedDataset } from '../dataset/named-dataset.ts';
import { findDataset, namedDatasets } from '../dataset/registry.ts';
import { type WrittenSplit, writeSplits } from '../dataset/splits.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import type { DatasetsGetFlags, DatasetsListFlags } from './flags.ts';
import { alignedTable } from './table.ts';
import type { Terminal } from './terminal.ts';

/**
 * `el4ner datasets ls`: the data sets that can be fetched by their name, with what is needed to choose one.
 * @param datasets - the list; another one is for tests.
 */
export async function listDatasets(
  { cache, format, json }: DatasetsListFlags,
  terminal: Terminal,
  datasets = namedDatasets,
): Promise<ExitCode> {
  const root = cacheOf(cache, terminal);
  const listed = await Promise.all(datasets.map(async (dataset) => ({ dataset, cached: await cachedState(dataset, root) })));
  if (json || format === 'json') {
    const rows = listed.map(({ dataset, cached }) => ({ ...dataset, directory: datasetDirectory(dataset, root), cached }));
    await terminal.print(`${JSON.stringify({ cache: root, datasets: rows }, null, 2)}\n`);
    return exitCodes.done;
  }
  const { bold, dim, green } = terminal.colours;
  const rows = listed.map(({ dataset, cached }) => [
    dataset.name,
    dataset.languages.join(' '),
    sentencesOf(dataset),
    dataset.licence.name,
    cached,
    `${dataset.types.length}: ${dataset.types.join(', ')}`,
  ]);
  const header = ['data set', 'language', 'sentences', 'licence', 'cached', 'types'];
  const table = alignedTable([header, ...rows], {
    right: [2],
    style: (cell, column, row) => (row === 0 ? dim(cell) : column === 4 && cell.trim() === 'yes' ? green(cell) : cell),
  });
  await terminal.print(`${[...table, '', `${bold('Cache')}  ${root}`].join('\n')}\n`);
  return exitCodes.done;
}

function sentencesOf({ sentences }: NamedDataset): string {
  const counts = Object.values(sentences);
  return counts.length === 0 ? '?' : String(counts.reduce((sum, count) => sum + count));
}

/**
 * `el4ner datasets get NAME`: brings a data set to the cache, unless it is there, and prints where its files are; with `out`, writes its
 * splits as JSON Lines there, and prints where those are.
 * @throws {NerError} as `fetchDataset` and `writeSplits` do.
 */
export async function getDataset(
  name: string,
  { cache, out, detokenize, format, json }: DatasetsGetFlags,
  terminal: Terminal,
  datasets = namedDatasets,
): Promise<ExitCode> {
  const { signal, note } = terminal;
  const dataset = findDataset(name, datasets);
  tellLicence(dataset, terminal);
  const files = await fetchDataset(dataset, {
    cache: cacheOf(cache, terminal),
    patience: usualPatience,
    signal,
    onStale: note,
    onRetry: (reason, waitMs) => note(`The server ${reason}. Asking again in ${(waitMs / 1000).toFixed(1)} s.`),
    onProgress: (file, bytes, totalBytes) => terminal.progress(`Fetching ${file}: ${megabytes(bytes)}${of(totalBytes)} MB`),
  });
  tellTrust(dataset, files, terminal);
  const splits = out === undefined ? [] : await exportSplits(dataset, files, { directory: resolve(out), detokenize }, terminal);
  const paths = out === undefined ? files.map(({ path }) => path) : splits.map(({ path }) => path);
  const result = { name: dataset.name, licence: dataset.licence, files, ...(out === undefined ? {} : { splits }) };
  await terminal.print(json || format === 'json' ? `${JSON.stringify(result, null, 2)}\n` : `${paths.join('\n')}\n`);
  return exitCodes.done;
}

function tellLicence({ name, licence, citation }: NamedDataset, { note }: Terminal): void {
  note(`${name} is under ${licence.name} (${licence.url}).${licence.note === undefined ? '' : ` ${licence.note}`}`);
  note(`Cite: ${citation}`);
}

function tellTrust({ name }: NamedDataset, files: readonly CachedFile[], { note }: Terminal): void {
  const trusted = files.filter(({ trust }) => trust === 'first-download');
  if (trusted.length === 0) return;
  const which = trusted.length === files.length ? `the files of ${name}` : `${trusted.length} of the ${files.length} files of ${name}`;
  note(
    trusted.some(({ origin }) => origin === 'network')
      ? `No checksums were published for ${which}, so that this download could not be verified. Its SHA-256 sums are recorded, and hold from now on.`
      : `No checksums were published for ${which}; they are as they were first downloaded.`,
  );
}

async function exportSplits(
  dataset: NamedDataset,
  files: readonly CachedFile[],
  options: { readonly directory: string; readonly detokenize: boolean },
  { note, signal }: Terminal,
): Promise<readonly WrittenSplit[]> {
  const counts = new Map<string, number>();
  const report = { note, count: (what: string) => void counts.set(what, (counts.get(what) ?? 0) + 1) };
  const splits = await writeSplits(dataset, files, { ...options, report, signal });
  for (const [what, count] of counts) note(`${what}: ${count}`);
  for (const { split, sentences, mentions } of splits) note(`${split}: ${sentences} sentences, ${mentions} mentions`);
  return splits;
}

function cacheOf(given: string | undefined, { environment }: Terminal): string {
  return given === undefined ? cacheDirectory(environment, environment['HOME'] ?? homedir()) : resolve(given);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

function of(totalBytes: number | undefined): string {
  return totalBytes === undefined ? '' : ` of ${megabytes(totalBytes)}`;
}
