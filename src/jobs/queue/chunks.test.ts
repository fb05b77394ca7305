import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { CorpusDocument } from '../run-corpus.ts';
import { type Chunk, type ChunkLimits, chunksOf } from './chunks.ts';

const corpora = fc.array(fc.string({ maxLength: 30 })).map((texts) => texts.map((text, at): CorpusDocument => ({ id: `${at}`, text })));
const bounds = fc.record({ documents: fc.integer({ min: 1, max: 6 }), codeUnits: fc.integer({ min: 1, max: 60 }) });

async function cut(documents: readonly CorpusDocument[], limits: ChunkLimits, done = 0): Promise<readonly Chunk[]> {
  async function* read() {
    yield* documents;
  }
  return Array.fromAsync(chunksOf(read(), limits, done));
}

const length = ({ documents }: Chunk): number => documents.reduce((sum, { text }) => sum + text.length, 0);

describe('chunks', () => {
  test('have all documents in their order, and know the place of the first', () =>
    fc.assert(
      fc.asyncProperty(corpora, bounds, async (documents, limits) => {
        const chunks = await cut(documents, limits);
        assert.deepEqual(
          chunks.flatMap((chunk) => chunk.documents),
          documents,
        );
        let first = 0;
        for (const chunk of chunks) {
          assert.equal(chunk.first, first);
          first += chunk.documents.length;
        }
      }),
    ));

  test('keep to their limits, but for a single document that is too long, and are as large as these let them', () =>
    fc.assert(
      fc.asyncProperty(corpora, bounds, async (documents, limits) => {
        const chunks = await cut(documents, limits);
        for (const [at, chunk] of chunks.entries()) {
          assert.ok(chunk.documents.length > 0 && chunk.documents.length <= limits.documents);
          assert.ok(chunk.documents.length === 1 || length(chunk) <= limits.codeUnits);
          const next = chunks[at + 1]?.documents[0];
          if (next !== undefined)
            assert.ok(chunk.documents.length === limits.documents || length(chunk) + next.text.length > limits.codeUnits);
        }
      }),
    ));

  test('are cut at the same places, however much is done', () =>
    fc.assert(
      fc.asyncProperty(corpora, bounds, fc.nat(40), async (documents, limits, done) => {
        const whole = await cut(documents, limits);
        const rest = await cut(documents, limits, done);
        assert.deepEqual(
          rest,
          whole.filter((chunk) => chunk.first + chunk.documents.length > done),
        );
      }),
    ));

  test('are not read before they are wanted', async () => {
    let read = 0;
    async function* documents() {
      for (; ; read++) yield { id: `${read}`, text: 'Ada' };
    }
    const chunks = chunksOf(documents(), { documents: 4, codeUnits: 100 }, 0);
    await chunks.next();
    assert.equal(read, 4); // the first of the next chunk among them
    await chunks.return();
  });
});
