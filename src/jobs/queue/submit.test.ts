import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { CorpusDocument } from '../run-corpus.ts';
import { chunkSchema, documentsSchema, pack, unpack } from './payload.ts';
import { type MemoryBackend, type MemoryJob, type MemoryResult, memoryBackend } from './queue.fixture.ts';
import type { RemoteOutcome } from './remote-outcome.ts';
import { openSubmission } from './submit.ts';

const never = new AbortController().signal;
const corpus = (count: number): readonly CorpusDocument[] =>
  Array.from({ length: count }, (_, at) => ({ id: `${at}`, text: `text ${at}` }));

/** What a worker returns: each document's id as its line. */
function done({ data }: MemoryJob): MemoryResult {
  const documents = unpack(documentsSchema, chunkSchema.parse(data).documents);
  return { returned: { outcomes: pack(documents.map(({ id }) => ({ line: id }))), outages: 0 } };
}

interface Submitted {
  readonly backend: MemoryBackend;
  readonly documents: readonly CorpusDocument[];
  readonly already?: number;
  readonly stop?: AbortSignal;
  /** Is given each outcome; the run ends where it says so, without a word. */
  readonly onOutcome?: (outcome: RemoteOutcome) => boolean;
  readonly onDocument?: (isFailed: boolean) => void;
}

async function submit({ backend, documents, already = 0, stop = never, onOutcome = () => false, onDocument = () => {} }: Submitted) {
  const outcomes: RemoteOutcome[] = [];
  await using submission = await openSubmission({
    backend,
    run: 'r',
    title: 'out.ndjson',
    pipeline: { version: '1' },
    limits: { documents: 3, codeUnits: 1000 },
    attempts: 2,
    trace: false,
    calls: false,
    durable: () => already + outcomes.length,
    onDocument,
    note: () => {},
    stop,
  });
  async function* read() {
    for (const document of documents) {
      if (stop.aborted) return;
      yield document;
    }
  }
  for await (const outcome of submission.recognize(read(), already)) {
    outcomes.push(outcome);
    if (onOutcome(outcome)) return outcomes;
  }
  if (!stop.aborted) submission.finish();
  return outcomes;
}

const lines = (outcomes: readonly RemoteOutcome[]): string[] => outcomes.map(({ line }) => line);
const idsFrom = (first: number, count: number): string[] => Array.from({ length: count - first }, (_, at) => `${first + at}`);

describe('a submission', () => {
  test('has every outcome once and in order, in whatever order workers finish, and leaves nothing behind', () =>
    fc.assert(
      fc.asyncProperty(fc.nat(60), fc.nat(60), fc.infiniteStream(fc.nat()), async (count, already, choices) => {
        const backend = memoryBackend((waiting) => {
          const job = waiting[(choices.next().value ?? 0) % waiting.length] ?? assert.fail();
          return { job, result: done(job) };
        });
        let told = 0;
        const outcomes = await submit({ backend, documents: corpus(count), already: Math.min(already, count), onDocument: () => told++ });
        assert.deepEqual(lines(outcomes), idsFrom(Math.min(already, count), count));
        assert.equal(told, outcomes.length);
        assert.equal(backend.jobs.size, 0);
      }),
      { numRuns: 60 },
    ));

  test('that ends anyhow is gone on with, by what workers finished meanwhile', () =>
    fc.assert(
      fc.asyncProperty(fc.nat(50), async (after) => {
        let works = 0;
        const backend = memoryBackend(([job = assert.fail()]) => {
          works++;
          return { job, result: done(job) };
        });
        const documents = corpus(40);
        const first = await submit({ backend, documents, onOutcome: ({ line }) => Number(line) >= after });
        const rest = await submit({ backend, documents, already: first.length });
        assert.deepEqual(lines([...first, ...rest]), idsFrom(0, 40));
        assert.ok(works <= Math.ceil(40 / 3) + 5, `${works} chunks were done`); // those that were taken back, once more
        assert.equal(backend.jobs.size, 0);
      }),
      { numRuns: 30 },
    ));

  test('holds few chunks at once, however many there are', async () => {
    const backend = memoryBackend((waiting) => {
      const job = waiting.at(-1) ?? assert.fail();
      return { job, result: done(job) };
    });
    await submit({ backend, documents: corpus(600) });
    assert.ok(backend.most() <= 5, `${backend.most()} chunks`); // one of them is done and not on the disk
  });

  test('finds out what nobody tells: chunks that are done, and chunks that are gone', async () => {
    let number = 0;
    const backend = memoryBackend(([job = assert.fail()]) => {
      number++;
      if (number === 2) return { job, result: 'lost' };
      const result = done(job);
      return { job, result: number === 1 && result !== 'lost' && 'returned' in result ? { ...result, isTold: false } : result };
    });
    assert.deepEqual(lines(await submit({ backend, documents: corpus(9) })), idsFrom(0, 9));
  });

  test('has a chunk that is given up done document by document, and a failure for the one that ends workers', async () => {
    const backend = memoryBackend(([job = assert.fail()]) => ({
      job,
      result: ['r-3-3', 'r-4-1'].includes(job.id) ? { failed: 'job stalled more than allowable limit' } : done(job),
    }));
    const told: boolean[] = [];
    const outcomes = await submit({ backend, documents: corpus(9), onDocument: (isFailed) => told.push(isFailed) });
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.status === 'failed' ? outcome.error.detail.code : outcome.line)),
      ['0', '1', '2', '3', 'workers-lost', '5', '6', '7', '8'],
    );
    assert.deepEqual(told, [false, false, false, false, true, false, false, false, false]);
    assert.equal(backend.jobs.size, 0);
  });

  test('is worked on where somebody left the queue paused', async () => {
    const backend = memoryBackend(([job = assert.fail()]) => ({ job, result: done(job) }));
    backend.isPaused = true;
    assert.deepEqual(lines(await submit({ backend, documents: corpus(9) })), idsFrom(0, 9));
  });

  test('stopped, takes back what nobody has begun, and keeps what was done', async () => {
    const stopping = new AbortController();
    const backend = memoryBackend((waiting) => {
      const job = waiting.at(-1) ?? assert.fail();
      return { job, result: done(job) };
    });
    backend.isServed = false;
    setTimeout(() => stopping.abort(), 20);
    assert.deepEqual(await submit({ backend, documents: corpus(30), stop: stopping.signal }), []);
    assert.equal(backend.jobs.size, 0);
  });
});
