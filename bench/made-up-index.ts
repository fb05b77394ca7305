/** Indexes of made-up vectors, as large as one likes. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { LabelledSentence } from '../src/document/labelled.ts';
import { type BuildOptions, buildIndex } from '../src/pool/index/build-index.ts';
import { type PoolKind, vectorSource } from './clustered-vectors.ts';

/** A pool that is drawn; the same is always drawn alike. */
export interface MadeUpPool {
  readonly sentences: number;
  readonly kind: PoolKind;
}

interface MadeUpSentence {
  readonly vector: Float32Array;
  /** Three. */
  readonly spans: readonly Float32Array[];
}

/** The vectors of a pool's sentences and their spans, and of the four spans of each query. */
export function drawPool({ sentences, kind }: MadeUpPool, queries: number) {
  const draw = vectorSource(kind);
  return {
    sentences: Array.from({ length: sentences }, (): MadeUpSentence => ({ vector: draw(), spans: [draw(), draw(), draw()] })),
    queries: Array.from({ length: queries }, () => [draw(), draw(), draw(), draw()]),
  };
}

/** How quickly an index was built. */
interface Pace {
  /** Counted from the beginning of the graph; 0 without a graph. */
  readonly sentencesPerSecond: number;
}

/** Builds the index of such sentences in a directory, unless it is there already. */
export async function builtIndex(sentences: readonly MadeUpSentence[], directory: string): Promise<Pace> {
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

function pooled(sentences: number): readonly LabelledSentence[] {
  return Array.from({ length: sentences }, (_, place) => {
    const names = { person: `Name ${place}`, town: `Town ${place}`, firm: `Firm ${place}` };
    const text = `${names.person} went to ${names.town} to talk with ${names.firm} about the weather, the price of fish and so on, as one does.`;
    const entities = Object.entries(names).map(([type, name]) => ({
      start: text.indexOf(name),
      end: text.indexOf(name) + name.length,
      type,
    }));
    return { id: `p${place}`, text, entities };
  });
}

/** The embedder hands out the vectors in their order. */
function optionsOf(sentences: readonly MadeUpSentence[]): BuildOptions {
  const order = sentences.values().flatMap(({ vector, spans }) => [vector, ...spans]);
  const embedder: BuildOptions['embedder'] = {
    id: 'made-up@1',
    async embed(texts) {
      return texts.map(() => order.next().value ?? new Float32Array());
    },
    async [Symbol.asyncDispose]() {
      // Its vectors are garbage like any other value.
    },
  };
  return {
    settings: { candidateSpans: 'gold', models: [], types: ['firm', 'person', 'town'], embedder: embedder.id },
    embedder,
    candidates: async ({ entities }) => ({ spans: entities }),
  };
}
