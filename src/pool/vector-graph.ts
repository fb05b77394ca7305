import { hash } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import type { Index, Matches } from 'usearch';
import { NerError } from '../error.ts';
import { damagedIndex } from './damaged-index.ts';
import { appendGraphTrailer, readGraphTrailer } from './graph-trailer.ts';
import { type RepeatedRows, repeatedRows } from './repeated-rows.ts';
import { startsWith, type VectorTable } from './vector-table.ts';

/** Finds nearly all rows of a table that are nearest to a query, without looking at most. The zero vector is near nothing. */
export interface NearestRows extends Disposable {
  /** Of the table whose rows it finds. */
  readonly tableChecksum: number;
  readonly repeated: RepeatedRows;
  /**
   * About the `count` nearest vectors of each query, nearest first. They depend on nothing but the graph, the query and the count. No row that is
   * missing is nearer than the last of them, but for what the graph missed.
   * @param queries - not the zero vector.
   * @param count - at least 1.
   */
  nearest(queries: readonly Float32Array[], count: number): readonly (readonly NearVector[])[];
}

/**
 * An HNSW graph over the rows of a table (Malkov and Yashunin, TPAMI 2020). Equal rows, as those of a name that many sentences have, share a
 * node: else they would be all that is found.
 * The native memory goes with the object; disposing only drops it, and the collector frees it and unmaps the file.
 */
export interface VectorGraph extends NearestRows {
  /**
   * Writes the graph so that a reader sees all of it or none.
   * @throws what the file system throws.
   */
  save(path: string): Promise<void>;
}

/** A vector of the table that is near to a query. */
export interface NearVector {
  /** Off by up to `cosineError`, as the graph rounds more coarsely than the table. */
  readonly cosine: number;
  /** All rows that hold it, ascending; none of a vector that does not count. */
  readonly rows: readonly number[];
}

/** The largest error among 80,000 cosines was 0.019, their root mean square 0.0044. */
export const cosineError = 0.02;

export interface GraphBuildOptions {
  /** Called after each batch with the rows that are in. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Measured on 300,000 vectors: a connectivity of 12 with 64 instead of 128 builds twice as fast and finds 0.99 where these find all. Bytes find
 * as many as floats of 16 bits in half the memory. A search looks at as many as it is to find, if that is more than `expansionSearch`. A graph
 * that grows keeps the connectivity that it was built with.
 */
const connectivity = 16;
const expansionAdd = 128;
const expansionSearch = 160;

/** With several threads the order of insertion, and so the graph, would change from run to run. */
const buildingThreads = 1;
/**
 * The spans of a text are looked up side by side, a millisecond each among 300,000; what is found for one does not depend on the others. The
 * library lets no more search at once than there are processors when it opens a graph, and one where it has just built it.
 */
const mostSearchingThreads = 4;

const rowsPerBatch = 256;

/**
 * Builds a graph on this thread, giving way to other work after each batch of about 0.1 s; the same table gives the same graph, to the byte.
 * @throws {NerError} `internal` if the native library does not load on this platform.
 * @throws `signal.reason` once the signal is aborted.
 */
export async function buildVectorGraph(table: VectorTable, options: GraphBuildOptions, signal: AbortSignal): Promise<VectorGraph> {
  const index = await emptyIndex(table.dimensions);
  return withRows(index, { table, rowsInside: 0 }, options, signal);
}

/** A graph that {@link VectorGraph.save} wrote, and the table that it is of. */
export interface WrittenGraph {
  readonly path: string;
  readonly table: VectorTable;
}

/**
 * Makes a graph of a table from that of its first rows: only the others are added. It finds as much as one that is built at once and is not the
 * same to the byte; the same graph and table always give the same.
 * @param before - stays as it is.
 * @throws {NerError} `unreadable-input` as for {@link openVectorGraph}; `internal` as for {@link buildVectorGraph}.
 * @throws {RangeError} if the table does not begin with the rows of the one before, or the graph is of another.
 * @throws `signal.reason` once the signal is aborted.
 */
export async function growVectorGraph(
  before: WrittenGraph,
  table: VectorTable,
  options: GraphBuildOptions,
  signal: AbortSignal,
): Promise<VectorGraph> {
  const { dimensions, tableChecksum } = await readGraphTrailer(before.path);
  if (tableChecksum !== before.table.checksum || !startsWith(table, before.table)) throw new RangeError('The graph is of other vectors.');
  const index = await emptyIndex(dimensions);
  read(before.path, () => index.load(before.path));
  return withRows(index, { table, rowsInside: before.table.rows }, options, signal);
}

/** The graph of a table, made from one that has its first rows inside. */
async function withRows(
  index: Index,
  { table, rowsInside }: { readonly table: VectorTable; readonly rowsInside: number },
  { onProgress }: GraphBuildOptions,
  signal: AbortSignal,
): Promise<VectorGraph> {
  signal.throwIfAborted();
  const { nodes, nextEqual } = equalRows(table);
  const missing = nodes.filter((row) => row >= rowsInside);
  for (let first = 0; first < missing.length; first += rowsPerBatch) {
    const batch = missing.slice(first, first + rowsPerBatch);
    const vectors = new Float32Array(batch.length * table.dimensions);
    for (const [at, row] of batch.entries()) vectors.set(table.row(row), at * table.dimensions);
    index.add(BigUint64Array.from(batch, BigInt), vectors, buildingThreads);
    onProgress?.(first + batch.length, missing.length);
    await setImmediate();
    signal.throwIfAborted();
  }
  return graphOf(index, { nextEqual, tableChecksum: table.checksum, threads: 1 });
}

/**
 * Opens a graph that {@link VectorGraph.save} wrote. The file is mapped into memory, not read into it, and must stay as it is: a new graph
 * may take its name, since that is another file.
 * @throws {NerError} `unreadable-input` if the file is missing or not exactly such a graph; `internal` as for {@link buildVectorGraph}.
 */
export async function openVectorGraph(path: string): Promise<VectorGraph> {
  const { dimensions, tableChecksum, nextEqual } = await readGraphTrailer(path);
  const index = await emptyIndex(dimensions);
  read(path, () => index.view(path));
  if (index.dimensions() !== dimensions) throw damagedIndex(path, 'Its dimensions contradict each other');
  return graphOf(index, { nextEqual, tableChecksum, threads: Math.min(mostSearchingThreads, availableParallelism()) });
}

function read(path: string, use: () => void): void {
  try {
    use();
  } catch (cause) {
    throw damagedIndex(path, 'The library does not read it', cause);
  }
}

interface GraphParts {
  readonly nextEqual: Uint32Array;
  readonly tableChecksum: number;
  /** How many may search at once. */
  readonly threads: number;
}

function graphOf(index: Index, { nextEqual, tableChecksum, threads }: GraphParts): VectorGraph {
  let open: Index | undefined = index;
  const native = () => {
    if (open === undefined) throw new TypeError('This graph is disposed of.');
    return open;
  };
  const found = ({ keys, distances }: Matches): readonly NearVector[] =>
    Array.from(keys, (key, index) => ({ cosine: 1 - (distances[index] ?? 1), rows: equalRowsFrom(Number(key), nextEqual) }));
  return {
    tableChecksum,
    repeated: repeatedRows(nextEqual),
    nearest(queries, count) {
      const graph = native();
      const wanted = Math.min(count, graph.size());
      if (wanted === 0) return queries.map(() => []);
      const [query] = queries;
      if (query === undefined) return [];
      // The library has another answer for one query than for several.
      if (queries.length === 1) return [found(graph.search(query, wanted, 1))];
      const matches = graph.search([...queries], wanted, Math.min(threads, queries.length));
      return queries.map((_, index) => found(matches.get(index)));
    },
    async save(path) {
      const partial = `${path}.${process.pid}.partial`;
      try {
        native().save(partial);
        await appendGraphTrailer(partial, { dimensions: native().dimensions(), tableChecksum, nextEqual });
        await rename(partial, path);
      } finally {
        await rm(partial, { force: true });
      }
    },
    [Symbol.dispose]() {
      open = undefined;
    },
  };
}

function equalRowsFrom(first: number, nextEqual: Uint32Array): readonly number[] {
  const rows = [first];
  let row = first;
  for (let next = nextEqual[row] ?? row; next !== row; next = nextEqual[row] ?? row) {
    rows.push(next);
    row = next;
  }
  return rows;
}

/** The first rows of each vector but zero, and for each row the next one that is equal; itself if there is none. */
function equalRows({ dimensions, rows, scales, bytes }: VectorTable): {
  readonly nodes: readonly number[];
  readonly nextEqual: Uint32Array;
} {
  const nodes: number[] = [];
  const nextEqual = Uint32Array.from({ length: rows }, (_, row) => row);
  const latest = new Map<string, number>();
  for (let row = 0; row < rows; row++) {
    if (scales[row] === 0) continue;
    const key = `${scales[row]} ${hash('sha1', bytes.subarray(row * dimensions, (row + 1) * dimensions), 'base64')}`;
    const previous = latest.get(key);
    if (previous === undefined) nodes.push(row);
    else nextEqual[previous] = row;
    latest.set(key, row);
  }
  return { nodes, nextEqual };
}

/** Loaded only here, so that whoever needs no graph loads no native code. */
async function emptyIndex(dimensions: number): Promise<Index> {
  const usearch = await import('usearch').catch((cause: unknown) => {
    throw new NerError(
      `The search library usearch does not load on ${process.platform}-${process.arch}; search without a graph.`,
      { code: 'internal' },
      { cause },
    );
  });
  return new usearch.Index({
    dimensions,
    metric: usearch.MetricKind.Cos,
    quantization: usearch.ScalarKind.I8,
    connectivity,
    expansion_add: expansionAdd,
    expansion_search: expansionSearch,
    multi: false,
  });
}
