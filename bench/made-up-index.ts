/** Indexes of made-up vectors, as large as one likes. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { type BuildOptions, buildIndex } from '../src/pool/index/build-index.ts';
import { type PoolKind, vectorSource } from './clustered-vectors.ts';

/** A pool that is drawn; the same is always drawn alike. */
export interface MadeUpPool {
  readonly sentences: number;
  readonly kind: PoolKind;
}

/** The vectors of three spans of each sentence of a pool, and of four of each query. */
export function drawPool({ sentences, kind }: MadeUpPool, queries: number) {
  const draw = vectorSource(kind);
  return {
    sentences: Array.from({ length: sentences }, () => [draw(), draw(), draw()]),
    queries: Array.from({ length: queries }, () => [draw(), draw(), draw(), draw()]),
  };
}

/** How quickly an index was built. */
interface Pace {
  /** Counted from the beginning of the graph; 0 without a graph. */
  readonly sentencesPerSecond: number;
}

/** Builds the index of such sentences in a directory, unless it is there already. */
export async function builtIndex(sentences: readonly (readonly Float32Array[])[], directory: string): Promise<Pace> {
  const pacePath = `${directory}.pace.json`;
  const kept = await readFile(pacePath, 'utf8').catch(() => undefined);
  if (kept !== undefined) return JSON.parse(kept) as Pace; // written below
  await mkdir(directory, { recursive: true });
  let graphBegun = Number.NEGATIVE_INFINITY;
  const onProgress: BuildOptions['onProgress'] = (step) => {
    if (step === 'graph' && graphBegun < 0) graphBegun = performance.now();
  };
  const { signal } = new AbortController();
  await buildIndex(pooled(sentences.length), directory, { ...optionsOf(sentences), onProgress }, signal);
  const pace: Pace = { sentencesPerSecond: (1000 * sentences.length) / (performance.now() - graphBegun) };
  await writeFile(pacePath, JSON.stringify(pace));
  return pace;
}

const words = ['first', 'second', 'third'];
const text = words.join(' and ');
const entities = words.map((word) => ({ start: text.indexOf(word), end: text.indexOf(word) + word.length, type: 'span' }));

function pooled(sentences: number) {
  return Array.from({ length: sentences }, (_, place) => ({ id: String(place), text: `${text} of ${place}`, entities }));
}

/** The embedder hands out the vectors in their order; a sentence has that of its first span. */
function optionsOf(sentences: readonly (readonly Float32Array[])[]): BuildOptions {
  const order = sentences.values();
  const embedder: BuildOptions['embedder'] = {
    id: 'made-up',
    async embed() {
      const spans = order.next().value ?? [];
      return [...spans.slice(0, 1), ...spans];
    },
    async [Symbol.asyncDispose]() {
      // Its vectors are garbage like any other value.
    },
  };
  return {
    settings: { candidateSpans: 'gold', models: [], types: ['span'], embedder: embedder.id },
    embedder,
    candidates: async () => ({ spans: entities }),
    weigh: (_, spans) => spans.map(() => 1),
  };
}
