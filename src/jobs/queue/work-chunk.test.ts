import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NerError } from '../../error.ts';
import { scriptedModel } from '../../model/scripted.ts';
import { createRecognizer } from '../../pipeline/recognizer.ts';
import { keptSchema, pack, type Shipped, shippedSchema, unpack } from './payload.ts';
import { createSemaphore } from './semaphore.ts';
import { type ChunkJob, workChunk } from './work-chunk.ts';

const never = new AbortController().signal;

/** A job that remembers what it is updated with. */
function jobOf(
  texts: readonly string[],
  more: { readonly kept?: string; readonly attemptsMade?: number; readonly stalledCounter?: number } = {},
) {
  const { kept, attemptsMade = 0, stalledCounter = 0 } = more;
  const documents = pack(texts.map((text, at) => ({ id: `${at}`, text })));
  const job = {
    data: { run: 'r', documents, count: texts.length, trace: false, calls: false, ...(kept === undefined ? {} : { kept }) } as {
      kept?: string;
    },
    opts: { attempts: 2 },
    attemptsMade,
    stalledCounter,
    async updateData(data: { kept?: string }) {
      job.data = data;
    },
    updateProgress: async () => {},
  };
  return job;
}

/** A worker whose model is out of order for texts that say so. */
async function work(job: ReturnType<typeof jobOf>, { workers = 2, onText = (_: string) => {} } = {}, signal = never) {
  await using recognizer = await createRecognizer({
    types: ['person'],
    models: [
      scriptedModel({
        async answer(task) {
          if (task.kind === 'extract') onText(task.text);
          if (task.text.includes('down')) throw new NerError('The server is down.', { code: 'model-unavailable', modelId: 'm' });
          await new Promise(setImmediate);
          return [];
        },
      }),
    ],
  });
  const returned = await workChunk(
    job as unknown as ChunkJob, // what is used of one
    {
      recognizer,
      placed: createSemaphore(workers),
      ship: ({ id, status }): Shipped => ({ line: id, ...(status === 'failed' ? { failure: { message: 'down', isOutage: true } } : {}) }),
      onBegin: () => {},
      onEnd: () => {},
    },
    signal,
  );
  return { lines: unpack(shippedSchema.array(), returned.outcomes).map(({ line }) => line), outages: returned.outages };
}

describe('a worker with a chunk', () => {
  test('returns an outcome for each document, in their order', async () => {
    assert.deepEqual(await work(jobOf(['a', 'b', 'c'])), { lines: ['0', '1', '2'], outages: 0 });
  });

  test('does not do again what a worker before has kept', async () => {
    const asked: string[] = [];
    const kept = pack([{ line: 'kept' }, null]);
    const { lines } = await work(jobOf(['a', 'b'], { kept }), { onText: (text) => void asked.push(text) });
    assert.deepEqual(lines, ['kept', '1']);
    assert.deepEqual(asked, ['b']);
  });

  test('asks for another attempt where models are out of order, and keeps what is done', async () => {
    const job = jobOf(['a', 'down', 'c']);
    await assert.rejects(work(job), /down/);
    const kept = unpack(keptSchema, job.data.kept ?? assert.fail());
    assert.deepEqual(
      kept.map((outcome) => outcome?.line),
      ['0', undefined, '2'],
    );
  });

  test('returns the failures in the last attempt', async () => {
    assert.deepEqual(await work(jobOf(['a', 'down'], { attemptsMade: 1 })), { lines: ['0', '1'], outages: 1 });
  });

  test('that others have lost before is kept after each document', async () => {
    const job = jobOf(['a', 'b', 'c'], { stalledCounter: 1 });
    const controller = new AbortController();
    const onText = (text: string): void => {
      if (text === 'c') controller.abort(new Error('gone'));
    };
    await assert.rejects(work(job, { workers: 1, onText }, controller.signal), /gone/);
    assert.deepEqual(
      unpack(keptSchema, job.data.kept ?? assert.fail()).map((outcome) => outcome !== null),
      [true, true, false],
    );
  });
});
