import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NerError } from '../../error.ts';
import { damagedIndex, manifestName } from '../damaged-index.ts';
import { measureFile, readWhole } from '../file-content.ts';
import type { PreparedPool } from '../prepared-pool.ts';
import { approximateSpanSearch, exactSpanSearch } from '../span-search.ts';
import { deserializeTagger } from '../tagger/tagger-bytes.ts';
import { openVectorGraph } from '../vector-graph.ts';
import { parseVectorTable, type VectorTable } from '../vector-table.ts';
import { type IndexManifest, readManifest, type StoredFile } from './manifest.ts';
import { openSentenceFile, type SentenceFile, type StoredSentence } from './sentence-file.ts';

/** An index on disk, open for reading. A build that replaces it does not disturb this reader. */
export interface OpenIndex extends Omit<SentenceFile, 'firstSpans'>, Omit<PreparedPool, 'labels'> {
  readonly manifest: IndexManifest;
  at(place: number): StoredSentence;
}

/**
 * Opens the index in a directory. Every byte of it is compared with its checksum first, so that damage is found here and not by a query: a
 * damaged graph would crash the process, and a damaged vector would go unnoticed. That takes about a third of the time.
 * @throws {NerError} `unreadable-input` if there is none, if it is damaged or of another version of the form.
 */
export async function openIndex(directory: string): Promise<OpenIndex> {
  let manifest = await presentManifest(directory);
  for (;;) {
    try {
      return await openFiles(directory, manifest);
    } catch (error) {
      // A build that ends between the reading of the manifest and of the files removes these: there is another index then.
      const latest = await presentManifest(directory);
      if (JSON.stringify(latest) === JSON.stringify(manifest)) throw error;
      manifest = latest;
    }
  }
}

/** @throws {NerError} `unreadable-input` if there is none that can be used. */
async function presentManifest(directory: string): Promise<IndexManifest> {
  const manifest = await readManifest(directory);
  if (manifest !== undefined) return manifest;
  const path = join(directory, manifestName);
  throw new NerError(`${path} is missing; expected an index that \`el4ner index\` built.`, { code: 'unreadable-input', path });
}

async function openFiles(directory: string, manifest: IndexManifest): Promise<OpenIndex> {
  const { files, sentences: count, spans, settings } = manifest;
  // Side by side: one is read on another thread while another is checked here.
  const [sentencePath, spanVectors, sentenceVectors, graph, tagger] = await Promise.all([
    checkedContent(directory, files.sentences),
    readTable(directory, files.spanVectors),
    readTable(directory, files.sentenceVectors),
    files.graph && checkedSize(directory, files.graph).then(openVectorGraph),
    files.tagger && checkedContent(directory, files.tagger).then(readWhole),
  ]);
  using opening = new DisposableStack();
  const file = opening.use(openSentenceFile(sentencePath));
  const firstSpans = file.firstSpans();
  const isAscending = firstSpans.every((first, place) => first <= (firstSpans[place + 1] ?? first));
  const fits = firstSpans.length === count + 1 && firstSpans[0] === 0 && firstSpans[count] === spans && isAscending;
  if (!fits || spanVectors.rows !== spans || sentenceVectors.rows !== count) {
    throw damagedIndex(join(directory, manifestName), 'Its files do not belong together');
  }
  const spanTable = { vectors: spanVectors, firstSpans };
  const search = opening.use(graph === undefined ? exactSpanSearch(spanTable) : approximateSpanSearch(spanTable, graph));
  const owned = opening.move();
  return {
    ...file,
    size: count,
    embedder: settings.embedder,
    candidateSpans: settings.candidateSpans,
    ...(settings.candidateSpans === 'gold' ? { goldTypes: settings.types } : {}),
    ...(settings.chunker === undefined ? {} : { chunker: settings.chunker }),
    manifest,
    spanVectors,
    sentenceVectors,
    firstSpans,
    search,
    ...(graph === undefined ? {} : { graph }),
    ...(tagger === undefined ? {} : { trainedTagger: async () => deserializeTagger(tagger) }),
    [Symbol.dispose]: () => owned.dispose(),
  };
}

/** The path of a file that is as long as the manifest says; what it holds is not looked at. */
async function checkedSize(directory: string, { name, bytes }: StoredFile): Promise<string> {
  const path = join(directory, name);
  const { size } = await stat(path).catch(unreadable(path));
  if (size !== bytes) throw damagedIndex(path, `It has ${size} bytes, expected ${bytes}`);
  return path;
}

/** The path of a file that is to the byte what the manifest says. */
async function checkedContent(directory: string, file: StoredFile): Promise<string> {
  const path = await checkedSize(directory, file);
  const { crc32 } = await measureFile(path).catch(unreadable(path));
  if (crc32 !== file.crc32) throw damagedIndex(path, 'Its checksum does not fit');
  return path;
}

/** A table, which has a checksum of its own. */
async function readTable(directory: string, file: StoredFile): Promise<VectorTable> {
  const path = await checkedSize(directory, file);
  return parseVectorTable(await readWhole(path).catch(unreadable(path)), path);
}

function unreadable(path: string): (cause: unknown) => never {
  return (cause) => {
    throw damagedIndex(path, 'It is missing or cannot be read', cause);
  };
}
