import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NerError } from '../../error.ts';
import { ownersOf, type PreparedPool } from '../prepared-pool.ts';
import { approximateSpanSearch, exactSpanSearch } from '../span-search.ts';
import { openVectorGraph } from '../vector-graph.ts';
import { parseVectorTable, type VectorTable } from '../vector-table.ts';
import { damaged, type IndexManifest, manifestName, readManifest, type StoredFile } from './manifest.ts';
import { measureFile } from './measure-file.ts';
import { openSentenceFile, type SentenceFile, type StoredSentence } from './sentence-file.ts';

/** An index on disk, open for reading. A build that replaces it does not disturb this reader. */
export interface OpenIndex extends Omit<SentenceFile, 'firstSpans'>, PreparedPool {
  readonly manifest: IndexManifest;
  at(place: number): StoredSentence;
}

/**
 * Opens the index in a directory.
 * @throws {NerError} `unreadable-input` if there is none, if it is damaged or of another version of the form.
 */
export async function openIndex(directory: string): Promise<OpenIndex> {
  const manifest = await readManifest(directory);
  if (manifest === undefined) {
    const path = join(directory, manifestName);
    throw new NerError(`${path} is missing; expected an index that \`el4ner index\` built.`, { code: 'unreadable-input', path });
  }
  const { files, sentences: count, spans } = manifest;
  const [sentencePath, spanPath, vectorPath] = await Promise.all([
    checkedPath(directory, files.sentences, { content: true }),
    checkedPath(directory, files.spanVectors, { content: false }),
    checkedPath(directory, files.sentenceVectors, { content: false }),
  ]);
  // Tables and graphs check their own content.
  const [spanVectors, sentenceVectors] = await Promise.all([readTable(spanPath), readTable(vectorPath)]);
  using opening = new DisposableStack();
  const file = opening.use(openSentenceFile(sentencePath));
  const firstSpans = file.firstSpans();
  if (firstSpans.length !== count + 1 || firstSpans[count] !== spans || spanVectors.rows !== spans || sentenceVectors.rows !== count) {
    throw damaged(join(directory, manifestName), 'Its files do not belong together');
  }
  const spanTable = { vectors: spanVectors, owners: ownersOf(firstSpans), sentences: count };
  const search = opening.use(
    files.graph === undefined
      ? exactSpanSearch(spanTable)
      : approximateSpanSearch(spanTable, await openVectorGraph(await checkedPath(directory, files.graph, { content: false }))),
  );
  const owned = opening.move();
  return {
    ...file,
    size: count,
    embedder: manifest.settings.embedder,
    candidateSpans: manifest.settings.candidateSpans,
    manifest,
    spanVectors,
    sentenceVectors,
    firstSpans,
    search,
    [Symbol.dispose]: () => owned.dispose(),
  };
}

async function checkedPath(
  directory: string,
  { name, bytes, crc32 }: StoredFile,
  { content }: { readonly content: boolean },
): Promise<string> {
  const path = join(directory, name);
  const found = await (content ? measureFile(path) : stat(path).then(({ size }) => ({ bytes: size, crc32 }))).catch((cause: unknown) => {
    throw damaged(path, 'It is missing or cannot be read', cause);
  });
  if (found.bytes !== bytes) throw damaged(path, `It has ${found.bytes} bytes, expected ${bytes}`);
  if (found.crc32 !== crc32) throw damaged(path, 'Its checksum does not fit');
  return path;
}

async function readTable(path: string): Promise<VectorTable> {
  return parseVectorTable(await readFile(path), path);
}
