import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { NerError } from '../error.ts';
import { inventory } from './inventory.ts';

let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-types-'));
});
after(() => rm(scratch, { recursive: true }));

describe('inventory', () => {
  test('is what the flag lists', async () => {
    assert.deepEqual(await inventory('person, creative work', ['date']), [{ name: 'person' }, { name: 'creative work' }]);
  });

  test('is by default the labels of the pool, in their order', async () => {
    assert.deepEqual(await inventory(undefined, ['date', 'person', 'law', 'date']), [
      { name: 'date' },
      { name: 'person' },
      { name: 'law' },
    ]);
  });

  test('is by default person, organization and location where the pool has none', async () => {
    assert.deepEqual(await inventory(undefined, []), [{ name: 'person' }, { name: 'organization' }, { name: 'location' }]);
  });

  test('is read from a file of names and definitions', async () => {
    const path = join(scratch, 'types.json');
    await writeFile(path, '["person", {"name": "law", "definition": "A statute."}]');
    assert.deepEqual(await inventory(`@${path}`, []), [{ name: 'person' }, { name: 'law', definition: 'A statute.' }]);
  });

  test('is what names and files have together, in their order', async () => {
    const [first, second] = [join(scratch, 'first.json'), join(scratch, 'second.json')];
    await writeFile(first, '[{"name": "law", "definition": "A statute."}, "date"]');
    await writeFile(second, '["person"]');
    const expected = [{ name: 'creative work' }, { name: 'law', definition: 'A statute.' }, { name: 'date' }, { name: 'person' }];
    assert.deepEqual(await inventory(`creative work, @${first},@${second}`, []), expected);
    await assert.rejects(inventory(`date,@${first}`, []), /"date" was given twice/);
  });

  for (const content of ['person', '{"name": "person"}', '[{"definition": "A human being."}]']) {
    test(`says what the file must have instead of ${content}`, async () => {
      const path = join(scratch, 'bad.json');
      await writeFile(path, content);
      const problem = (error: unknown) =>
        error instanceof NerError &&
        error.detail.code === 'unreadable-input' &&
        /bad\.json has no entity types; expected a JSON array/.test(error.message);
      await assert.rejects(inventory(`@${path}`, []), problem);
    });
  }

  test('has no type without a name', async () => {
    await assert.rejects(inventory('person,,date', []), /empty name/);
  });
});
