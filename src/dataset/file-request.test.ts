import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { requestFile } from './file-request.ts';
import { serveFiles } from './file-server.fixture.ts';

test('a body that waits to be read survives the garbage collector', async () => {
  const content = 'token\tO\n'.repeat(5000);
  await using server = await serveFiles({ '/data.conll': content });
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const { signal } = new AbortController();
  const answer = await requestFile({ url: `${server.url}/data.conll`, from: 0, validator: undefined, signal });
  assert(answer.kind === 'content');
  for (let round = 0; round < 2; round++) {
    await wait(20);
    collectGarbage();
  }
  let received = '';
  for await (const chunk of answer.body) received += Buffer.from(chunk).toString();
  assert.equal(received.length, content.length);
});
