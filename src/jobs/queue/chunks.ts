import type { CorpusDocument } from '../run-corpus.ts';

/** Documents of a corpus that a worker takes together. */
export interface Chunk {
  /** Which of the corpus its first document is, from 0. */
  readonly first: number;
  /** At least one. */
  readonly documents: readonly CorpusDocument[];
}

export interface ChunkLimits {
  /** Most documents of a chunk. */
  readonly documents: number;
  /** Most UTF-16 code units of its texts; a longer text is a chunk of its own. */
  readonly codeUnits: number;
}

/**
 * Cuts documents into chunks, always at the same places, wherever one begins to want them. Reads no more than it is asked for.
 * @param done - documents at the beginning that are done: chunks of them alone are left out.
 */
export async function* chunksOf(
  documents: AsyncIterable<CorpusDocument>,
  limits: ChunkLimits,
  done: number,
): AsyncGenerator<Chunk, void, undefined> {
  let [first, codeUnits]: [number, number] = [0, 0];
  let taken: CorpusDocument[] = [];
  const isWanted = () => taken.length > 0 && first + taken.length > done;
  for await (const document of documents) {
    const { length } = document.text;
    if (taken.length === limits.documents || (taken.length > 0 && codeUnits + length > limits.codeUnits)) {
      if (isWanted()) yield { first, documents: taken };
      first += taken.length;
      taken = [];
      codeUnits = 0;
    }
    taken.push(document);
    codeUnits += length;
  }
  if (isWanted()) yield { first, documents: taken };
}
