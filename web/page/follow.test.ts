import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { ExtractRequest } from '../api/api-types.ts';
import type { Client } from '../api/client.ts';
import { ServerProblem } from '../api/problem.ts';
import { follow } from './follow.ts';

const ids = ['1', '2', '3', '4', '5'];
const requests = ids.map((id): ExtractRequest => ({ documents: [{ id, text: 'Ada.' }] }));
const problem = (status: number) => new ServerProblem({ type: 'about:blank', title: '', status, detail: '' });
const never = new AbortController().signal;

/** A server that takes so many requests at once. */
function serving(places: number, fault?: (id: string) => Error | undefined) {
  const seen = { most: 0, now: 0, ids: [] as string[] };
  const client = {
    async *extract({ documents: [document] }: ExtractRequest, signal: AbortSignal) {
      const { id = '', text = '' } = document ?? {};
      if (seen.now === places) throw problem(429);
      seen.now++;
      seen.most = Math.max(seen.most, seen.now);
      seen.ids.push(id);
      try {
        await setTimeout(1, undefined, { signal });
        const error = fault?.(id);
        if (error !== undefined) throw error;
        yield { name: 'document', data: { id, text, entities: [] } };
      } finally {
        seen.now--;
      }
    },
  } as unknown as Client; // the rest of it is not asked
  return { seen, client };
}

async function told(client: Client, signal = never): Promise<readonly string[]> {
  const done: string[] = [];
  await follow(client, requests, { signal, tell: (happening) => happening.kind === 'document' && done.push(happening.result.id) });
  return done.toSorted((a, b) => a.localeCompare(b));
}

test('two requests are in work at once, and each is told', async () => {
  const { seen, client } = serving(9);
  assert.deepEqual(await told(client), ids);
  assert.equal(seen.most, 2);
});

test('a server that takes one request at a time gets one at a time', async () => {
  const { seen, client } = serving(1);
  assert.deepEqual(await told(client), ids);
  assert.equal(seen.most, 1);
});

test('a server that takes none is a problem, and so is what fails; nothing is sent after it', async () => {
  await assert.rejects(told(serving(0).client), (error) => error instanceof ServerProblem && error.problem.status === 429);
  const { seen, client } = serving(9, (id) => (id === '2' ? problem(504) : undefined));
  await assert.rejects(told(client), (error) => error instanceof ServerProblem && error.problem.status === 504);
  await setTimeout(20);
  assert.ok(!seen.ids.includes('5'), String(seen.ids));
});

test('what is given up rejects with the reason', async () => {
  const controller = new AbortController();
  const following = told(serving(9).client, controller.signal);
  controller.abort();
  await assert.rejects(following, { name: 'AbortError' });
});
