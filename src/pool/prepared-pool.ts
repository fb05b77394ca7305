import type { LabelledSentence } from '../document/labelled.ts';
import type { Span } from '../document/span.ts';
import { exactSpanSearch, type SpanSearch } from './span-search.ts';
import type { CandidateSpans } from './span-sources.ts';
import type { TrainedTagger } from './tagger/tagger.ts';
import type { NearestRows } from './vector-graph.ts';
import { type VectorTable, vectorTableBuilder } from './vector-table.ts';

/** A sentence of a pool, and the spans that stand for it in retrieval. */
export interface PreparedSentence {
  readonly sentence: LabelledSentence;
  readonly spans: readonly Span[];
}

/** A pool as retrieval sees it. Its sentences are called by their places, from 0. */
export interface PreparedPool extends Disposable {
  readonly size: number;
  /** The id of the embedder that made its vectors; a query's must be of the same. */
  readonly embedder: string;
  /** What its spans are, of a pool that was prepared apart from its recognizer. */
  readonly candidateSpans?: CandidateSpans;
  /** The types whose gold mentions are its spans, of such a pool by gold mentions. */
  readonly goldTypes?: readonly string[];
  /** The id of the chunker that found them, of such a pool by its noun chunks. */
  readonly chunker?: string;
  /** The types that its mentions have, of such a pool that knows them without being read. */
  readonly labels?: () => readonly { readonly type: string }[];
  /** @throws {RangeError} if there is no such sentence. */
  at(place: number): PreparedSentence;
  /**
   * What was trained on it apart from its recognizer; `undefined` if nothing was, or by another version of the package.
   * @throws {NerError} `unreadable-input` if it is damaged.
   */
  readonly trainedTagger?: () => Promise<TrainedTagger | undefined>;
  /** Of all spans, sentence by sentence. */
  readonly spanVectors: VectorTable;
  /** Where the spans of each sentence begin among all spans; one more than sentences. */
  readonly firstSpans: Uint32Array;
  readonly sentenceVectors: VectorTable;
  /** By the spans. */
  readonly search: SpanSearch;
  /** What it searches by, where it does not compare with every span. */
  readonly graph?: NearestRows;
}

/** What {@link poolInMemory} takes of a sentence: its vector, and behind it one for each span. */
export interface EmbeddedSentence extends PreparedSentence {
  readonly vectors: readonly Float32Array[];
}

/** A pool of these sentences, searched without a graph. */
export function poolInMemory(sentences: readonly EmbeddedSentence[], embedder: string): PreparedPool {
  const dimensions = sentences[0]?.vectors[0]?.length ?? 1; // a table has at least one
  const [ofSpans, ofSentences] = [vectorTableBuilder(dimensions), vectorTableBuilder(dimensions)];
  const firstSpans = new Uint32Array(sentences.length + 1);
  for (const [place, { spans, vectors }] of sentences.entries()) {
    const [vector, ...rest] = vectors;
    if (vector !== undefined) ofSentences.append(vector);
    for (const spanVector of rest) ofSpans.append(spanVector);
    firstSpans[place + 1] = (firstSpans[place] ?? 0) + spans.length;
  }
  const spanVectors = ofSpans.finish();
  return {
    size: sentences.length,
    embedder,
    at(place) {
      const found = sentences[place];
      if (found === undefined) throw new RangeError(`The pool has no sentence ${place}.`);
      return found;
    },
    spanVectors,
    firstSpans,
    sentenceVectors: ofSentences.finish(),
    search: exactSpanSearch({ vectors: spanVectors, firstSpans }),
    [Symbol.dispose]() {
      // Its parts are garbage like any other value.
    },
  };
}

/** The sentences of a pool, all of them, in their order. */
export function sentencesOf(pool: PreparedPool): readonly LabelledSentence[] {
  return Array.from({ length: pool.size }, (_, place) => pool.at(place).sentence);
}
