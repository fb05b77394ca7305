import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { TypedSpan } from '../../document/labelled.ts';
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
    await assert.rejects(pools.add('letters', [sentence]), (error) => {
      assert(error instanceof ProblemError);
      assert.deepEqual([error.problem.status, error.problem.errors?.[0]?.pointer], [422, '/entities/1/type']);
      assert.match(error.message, type === 'none' ? /answer for a mention of no type/ : /The pool calls this type "person"/);
      return true;
    });
    assert.equal(await readFile(path, 'utf8'), line(ada));
    assert.equal(pools.called('letters').told.sentences, 1);
    assert.equal((await pools.add('letters', [bob])).told.sentences, 2);
  });
}

const others: Readonly<Record<string, string>> = {
  doccano: line({ text: ada.text, label: [[0, 3, 'person']] }),
  spacy: line({ text: ada.text, spans: [{ start: 0, end: 3, label: 'person' }] }),
  'an array': `\ufeff ${JSON.stringify([ada])}`,
};
for (const [format, content] of Object.entries(others)) {
  test(`a file .jsonl with ${format} is read and not written to`, async () => {
    const pools = await open(content);
    const { sentences, isWritable } = pools.called('letters').told;
    assert.deepEqual([sentences, isWritable], [1, false]);
    await assert.rejects(pools.add('letters', [bob]), /cannot be added/);
    assert.equal(await readFile(path, 'utf8'), content);
  });
}

test('an empty file is an empty pool, and one whose last line lacks its end is continued', async () => {
  for (const [content, sentences] of [
    ['', 0],
    [line(ada).trimEnd(), 1],
  ] as const) {
    const pools = await open(content);
    assert.deepEqual([pools.called('letters').told.sentences, pools.called('letters').told.isWritable], [sentences, true]);
    await pools.add('letters', [bob]);
    assert.equal((await openPools([path], opened, { note: () => undefined })).called('letters').told.sentences, sentences + 1);
  }
});

test('a sentence that is added again takes the place of the one with its text, and no other line changes', async () => {
  const cat = '{"text": "🎉 Cat.", "offsetUnit": "codepoint", "entities": []}\r\n'; // in a manner of its own
  const pools = await open(line({ id: 'a', ...ada, page: 3 }) + cat);
  const corrected = { text: ada.text, entities: [{ start: 4, end: 9, type: 'verb' }] };
  for (const sentences of [[bob], [corrected], [bob, corrected]]) await pools.add('letters', sentences);
  const lines = [line({ id: 'a', ...corrected, page: 3 }), cat, line({ id: 'letters:3', ...bob })];
  assert.equal(await readFile(path, 'utf8'), lines.join(''));
  await pools.add('letters', [{ text: '🎉 Cat.', entities: [{ start: 3, end: 6, type: 'animal' }] }]);
  const again = await openPools([path], opened, { note: () => undefined });
  const sentencesOf = ({ called }: typeof pools) => called('letters').pool?.map(({ text, entities }) => ({ text, entities }));
  assert.deepEqual(sentencesOf(again), sentencesOf(pools));
  assert.deepEqual(pools.called('letters').labels, ['verb', 'animal', 'person']);
});

test('a mention that comes twice is kept once, in order of reading', async () => {
  const pools = await open('');
  const [name] = ada.entities;
  const verb = { start: 4, end: 9, type: 'verb' };
  const added = { text: ada.text, entities: [verb, ...ada.entities, ...ada.entities, { start: 0, end: 3, type: 'name' }] };
  const { told } = await pools.add('letters', [added]);
  assert.deepEqual(
    told.types.map(({ mentions }) => mentions),
    [1, 1, 1],
  );
  const kept = { id: 'letters:1', text: ada.text, entities: [{ start: 0, end: 3, type: 'name' }, name, verb] };
  assert.equal(await readFile(path, 'utf8'), line(kept));
});

test('mentions of types that were not looked for stay with their sentence, and the last word counts for those that were', async () => {
  const [name] = ada.entities;
  const verb = { start: 4, end: 9, type: 'verb' };
  const pools = await open(line({ id: 'a', text: ada.text, entities: [name, verb] }));
  const entitiesAfter = async (entities: readonly TypedSpan[], types?: readonly string[]) => {
    await pools.add('letters', [{ text: ada.text, entities }], types);
    return pools.called('letters').pool?.map((sentence) => sentence.entities);
  };
  assert.deepEqual(await entitiesAfter([{ start: 0, end: 9, type: 'verb' }], ['verb']), [[{ start: 0, end: 9, type: 'verb' }, name]]);
  assert.deepEqual(await entitiesAfter([], ['verb', 'city']), [[name]]);
  await assert.rejects(entitiesAfter([{ start: 0, end: 3, type: 'Person' }], ['Person']), /calls this type "person"/);
  assert.deepEqual(await entitiesAfter([], ['person']), [[]]);
  assert.deepEqual(await entitiesAfter([verb]), [[verb]]);
});

test('a sentence that is added has an id of its own, though others were taken out', async () => {
  const pools = await open(line({ id: 'letters:1', ...ada }) + line({ id: 'letters:3', text: 'Cat.', entities: [] }));
  const { pool = [] } = await pools.add('letters', [bob, { text: 'Dog.', entities: [] }]);
  assert.deepEqual(
    pool.map(({ id }) => id),
    ['letters:1', 'letters:3', 'letters:4', 'letters:5'],
  );
});

test('a type that only the corrected sentence had gives way to another spelling', async () => {
  const pools = await open(line({ ...ada, entities: [{ start: 0, end: 3, type: 'Person' }] }));
  assert.deepEqual((await pools.add('letters', [ada])).labels, ['person']);
});
