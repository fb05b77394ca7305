import { usageError } from '../error.ts';
import type { Embedder } from '../model/embedder.ts';
import { nounChunkerId } from '../pool/noun-chunks.ts';
import type { PreparedPool } from '../pool/prepared-pool.ts';

/** @throws {NerError} `usage` if texts cannot be compared with an index, whose vectors or noun chunks are made in another way than theirs. */
export function checkIndex({ embedder: ofIndex, candidateSpans, chunker }: PreparedPool, { id: chosen }: Embedder): void {
  if (ofIndex !== chosen) {
    throw usageError(
      `The index was built with the embedder ${ofIndex}, and texts are to be embedded with ${chosen}, whose vectors cannot be compared with its. Choose ${ofIndex}, or build the index anew.`,
    );
  }
  if (candidateSpans === 'chunks' && chunker !== nounChunkerId) {
    throw usageError(
      `The index was built by the noun chunks of ${chunker ?? 'an unknown chunker'}, and this version of the package has ${nounChunkerId}, which finds others. Build the index anew with \`el4ner index\`.`,
    );
  }
}
