import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabelledSentence } from '../../document/labelled.ts';
import { manifestName } from '../damaged-index.ts';
import { type EmbedSentencesOptions, embedSentences } from '../embed-sentences.ts';
import { measureFile } from '../file-content.ts';
import { sameDimensions } from '../same-dimensions.ts';
import { smallestForApproximation } from '../span-search.ts';
import { serializeTagger, taggerVersion } from '../tagger/tagger-bytes.ts';
import { labelledTypes, trainTagger } from '../tagger/train-tagger.ts';
import { buildVectorGraph, type GraphBuildOptions, growVectorGraph, type VectorGraph } from '../vector-graph.ts';
import { serializeVectorTable, startsWith, type VectorTable } from '../vector-table.ts';
import { type Contents, contentsOf, dimensionsOf, keyOf, type Sources } from './contents.ts';
import { formatVersion, type IndexManifest, type IndexSettings, readManifest, type StoredFile } from './manifest.ts';
import { type OpenIndex, openIndex } from './open-index.ts';
import { checkAbandonment, checkReplacement } from './replacement.ts';
import { type StoredSentence, writeSentenceFile } from './sentence-file.ts';
import { openWorkFile } from './work-file.ts';

/** What takes time in a build. */
export type BuildStep = 'sentences' | 'graph' | 'tagger';

export interface BuildOptions extends EmbedSentencesOptions {
  readonly settings: IndexSettings;
  /** Whether an index of other candidate spans or another embedder may be lost, and what models have found for one. Default: no. */
  readonly mayReplace?: boolean;
  /** Called after each sentence that had to be worked out, with how many of these are done, and while the graph is built and the tagger trained. */
  readonly onProgress?: (step: BuildStep, done: number, total: number) => void;
}

/** What a build came to. */
export interface BuiltIndex {
  readonly manifest: IndexManifest;
  /** Sentences that were worked out; the others stood in the index, or in what a build that was broken off had left. */
  readonly worked: number;
  /** Sentences that could not be read as asked for; the next build tries them again. */
  readonly unread: readonly { readonly id: string; readonly reason: string }[];
}

const workName = 'build.sqlite';

/**
 * Builds the index of a pool, or brings one up to date: what the directory has of the same settings is not worked out again, and a graph that
 * is there gets the new spans, if they are all behind the others. Readers see the old index until the new one is whole. A build that is broken
 * off goes on the next time, and ends in the same bytes as one that was not.
 * @param directory - is there already.
 * @throws {NerError} `usage` if another process builds there, or something is there that may not be replaced; `unreadable-input` if an index there, or what a build has left, is damaged. What
 * the embedder and `candidates` throw comes through.
 * @throws `signal.reason` once the signal is aborted; what was done is kept, but for the last moment's.
 */
export async function buildIndex(
  pool: readonly LabelledSentence[],
  directory: string,
  options: BuildOptions,
  signal: AbortSignal,
): Promise<BuiltIndex> {
  const built = await build(pool, directory, options, signal);
  for (const suffix of ['', '-wal', '-shm']) await rm(join(directory, `${workName}${suffix}`), { force: true });
  return built;
}

async function build(
  pool: readonly LabelledSentence[],
  directory: string,
  options: BuildOptions,
  signal: AbortSignal,
): Promise<BuiltIndex> {
  const { settings, mayReplace = false } = options;
  if (!mayReplace) await checkReplacement(directory, settings);
  const workPath = join(directory, workName);
  using work = openWorkFile(workPath, {
    settings: JSON.stringify(workSettings(settings)),
    onOther(left) {
      if (!mayReplace) checkAbandonment(workPath, JSON.parse(left) as IndexSettings, settings); // a build wrote them
    },
  });
  const manifest = await readManifest(directory);
  using before = manifest && (await openAlike(directory, manifest, settings));
  const sources: Sources = { work, before, places: new Map(before?.keys().map((key, place) => [key, place])) };
  const worked = await workOut(pool, sources, options, signal);
  const contents = contentsOf(pool, sources);
  const generation = generationOf(settings, contents.sentences);
  // With the same contents the index stays as it is: a graph takes minutes.
  const hasTagger = manifest?.files.tagger?.trainedBy === taggerVersion || labelledTypes(pool, settings.types).length === 0;
  const isUnchanged =
    hasTagger &&
    JSON.stringify(manifest?.settings) === JSON.stringify(settings) &&
    manifest?.files.sentences.name === fileNames(generation).sentences;
  const current = isUnchanged ? manifest : await assemble(contents, { directory, generation, before }, options, signal);
  await removeOthers(directory, Object.values(current.files));
  const unread = pool.flatMap((sentence) => {
    const reason = work.read(keyOf(sentence))?.unread;
    return reason === undefined ? [] : [{ id: sentence.id, reason }];
  });
  return { manifest: current, worked, unread };
}

/** The settings as far as what is worked out depends on them: the order of types matters to models alone, and chunks have no types. */
function workSettings(settings: IndexSettings): IndexSettings {
  const { candidateSpans, types } = settings;
  if (candidateSpans === 'models') return settings;
  return { ...settings, types: candidateSpans === 'gold' ? types.toSorted() : [] };
}

/** The index of before, if what it has of a sentence is what these settings give; `undefined` if not. */
async function openAlike(
  directory: string,
  { settings: { types: typesBefore, ...before } }: IndexManifest,
  { types, ...now }: IndexSettings,
): Promise<OpenIndex | undefined> {
  const haveSameTypes = JSON.stringify(typesBefore) === JSON.stringify(types);
  // Models are asked about all types at once; without models new types, or another order, change nothing of sentences that are there.
  if (JSON.stringify(before) !== JSON.stringify(now) || (now.candidateSpans === 'models' && !haveSameTypes)) return undefined;
  const index = await openIndex(directory);
  const changed = index.labels().filter(({ type }) => typesBefore.includes(type) !== types.includes(type));
  if (now.candidateSpans !== 'gold' || changed.length === 0) return index;
  index[Symbol.dispose]();
  return undefined;
}

async function workOut(pool: readonly LabelledSentence[], sources: Sources, options: BuildOptions, signal: AbortSignal): Promise<number> {
  const { work, places } = sources;
  const dimensions = dimensionsOf(pool, sources);
  const missing = new Map(pool.map((sentence) => [keyOf(sentence), sentence]));
  for (const key of missing.keys()) if (places.has(key) || work.has(key)) missing.delete(key);
  let worked = 0;
  for await (const batch of embedSentences(missing.values(), options, signal)) {
    for (const { sentence, spans, vectors, unread } of batch) {
      if (dimensions !== undefined) sameDimensions(vectors, dimensions, options.embedder.id);
      work.write(keyOf(sentence), { spans, vectors, ...(unread === undefined ? {} : { unread }) });
      worked++;
      options.onProgress?.('sentences', worked, missing.size);
    }
    work.commit();
  }
  return worked;
}

/** Where an index is written. */
interface Place {
  readonly directory: string;
  /** See {@link generationOf}. */
  readonly generation: string;
  /** What is there already of the same settings. */
  readonly before: OpenIndex | undefined;
}

/** Writes the files of the index in the order of the pool, and the manifest last, which makes them the index. */
async function assemble(
  { sentences, spanVectors, sentenceVectors }: Contents,
  { directory, generation, before }: Place,
  options: BuildOptions,
  signal: AbortSignal,
): Promise<IndexManifest> {
  const { settings } = options;
  const graph = await graphOf(spanVectors, { directory, before }, options, signal);
  const tagger = await taggerBytes(sentences, options, signal);
  const names = fileNames(generation);
  const files = {
    sentences: await appear(directory, names.sentences, (path) => writeSentenceFile(path, sentences)),
    spanVectors: await appear(directory, names.spanVectors, (path) => writeFileSync(path, serializeVectorTable(spanVectors))),
    sentenceVectors: await appear(directory, names.sentenceVectors, (path) => writeFileSync(path, serializeVectorTable(sentenceVectors))),
    ...(graph === undefined ? {} : { graph: await appear(directory, names.graph, (path) => graph.save(path)) }),
    ...(tagger === undefined
      ? {}
      : { tagger: { ...(await appear(directory, names.tagger, (path) => writeFileSync(path, tagger))), trainedBy: taggerVersion } }),
  };
  const manifest: IndexManifest = {
    format: 'el4ner-index',
    version: formatVersion,
    settings,
    dimensions: spanVectors.dimensions,
    sentences: sentences.length,
    spans: spanVectors.rows,
    files,
  };
  await appear(directory, manifestName, (path) => writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`));
  return manifest;
}

/** What learns from the pool, trained; `undefined` where there is nothing to learn. */
async function taggerBytes(
  stored: readonly StoredSentence[],
  { settings, embedder, onProgress }: BuildOptions,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const pool = stored.map(({ sentence }) => sentence);
  const types = labelledTypes(pool, settings.types);
  if (types.length === 0) return undefined;
  const progress = { onProgress: (done: number, total: number) => onProgress?.('tagger', done, total) };
  return serializeTagger(await trainTagger(pool, { types, embedder, ...progress }, signal));
}

/** The graph of a large table: that of before with the new rows added, if all else of it is as it was, or one that is built anew. */
async function graphOf(
  vectors: VectorTable,
  { directory, before }: Pick<Place, 'directory' | 'before'>,
  { onProgress }: BuildOptions,
  signal: AbortSignal,
): Promise<VectorGraph | undefined> {
  if (vectors.rows < smallestForApproximation) return undefined;
  const progress: GraphBuildOptions = { onProgress: (done, total) => onProgress?.('graph', done, total) };
  const file = before?.manifest.files.graph;
  if (before === undefined || file === undefined || !startsWith(vectors, before.spanVectors)) {
    return buildVectorGraph(vectors, progress, signal);
  }
  return growVectorGraph({ path: join(directory, file.name), table: before.spanVectors }, vectors, progress, signal);
}

/** Stands for what is in an index: other contents, other names of files, so that readers of the old ones are not disturbed. */
function generationOf(settings: IndexSettings, stored: readonly StoredSentence[]): string {
  const hash = createHash('sha256').update(JSON.stringify(settings));
  for (const { key, sentence } of stored) hash.update(`\n${key} ${JSON.stringify(sentence.id)}`);
  return hash.digest('hex').slice(0, 16);
}

function fileNames(generation: string): Readonly<Record<keyof IndexManifest['files'], string>> {
  return {
    sentences: `sentences-${generation}.sqlite`,
    spanVectors: `spans-${generation}.vectors`,
    sentenceVectors: `sentences-${generation}.vectors`,
    graph: `spans-${generation}.graph`,
    tagger: `spans-${generation}.tagger`,
  };
}

async function appear(directory: string, name: string, write: (path: string) => void | Promise<void>): Promise<StoredFile> {
  const path = join(directory, name);
  const partial = `${path}.partial`;
  await rm(partial, { force: true });
  await write(partial);
  const file = { name, ...(await measureFile(partial)) };
  await rename(partial, path);
  return file;
}

/** Files of an index of before, and what a build left that was killed. A reader that has them open keeps them. */
async function removeOthers(directory: string, kept: readonly StoredFile[]): Promise<void> {
  const names = new Set(kept.map(({ name }) => name));
  for (const name of await readdir(directory)) {
    if (/^(sentences|spans)-[0-9a-f]{16}\.(sqlite|vectors|graph|tagger)(\.|$)/.test(name) && !names.has(name))
      await rm(join(directory, name), { force: true });
  }
}
