import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ProblemError } from '../../server/problem.ts';
import { openPools } from './pools.ts';

const opened = new AsyncDisposableStack();
let scratch: string;
let path: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-pools-'));
  path = join(scratch, 'letters.jsonl');
});
after(async () => {
  await opened.disposeAsync();
  await rm(scratch, { recursive: true });
});

/** The pool `letters` of a file with this content. */
async function open(content: string) {
  await writeFile(path, content);
  return openPools([path], opened, { note: () => undefined });
}

const ada = { text: 'Ada slept.', entities: [{ start: 0, end: 3, type: 'person' }] };
const bob = { text: 'Bob slept.', entities: [{ start: 0, end: 3, type: 'person' }] };
const line = (sentence: object) => `${JSON.stringify(sentence)}\n`;

for (const type of ['Person', 'none', ' person']) {
  test(`the type "${type}" cannot be added beside "person", and is pointed to`, async () => {
    const pools = await open(line(ada));
    const sentence = { ...bob, entities: [...bob.entities, { start: 0, end: 3, type }] };
    await assert.rejects(pools.add('letters', sentence), (error) => {
      assert(error instanceof ProblemError);
      assert.deepEqual([error.problem.status, error.problem.errors?.[0]?.pointer], [422, '/entities/1/type']);
      return true;
    });
    assert.equal(await readFile(path, 'utf8'), line(ada));
    assert.equal(pools.called('letters').told.sentences, 1);
    assert.equal((await pools.add('letters', bob)).told.sentences, 2);
  });
}
