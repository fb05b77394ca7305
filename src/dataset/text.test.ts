import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { test } from 'node:test';
import { reading, scratchDirectory } from './format.fixture.ts';
import { readText } from './text.ts';

const scratch = scratchDirectory('text');

test('each line of a file that is not blank is a text', async () => {
  const { samples } = await reading(readText, await scratch.write('a.txt', '\ufeffAda \u2028 slept.\r\n\n \t\n  Bob 🎉'));
  assert.deepEqual(samples, [
    { id: 'a.txt:1', isUnnamed: true, text: 'Ada \u2028 slept.', entities: [] },
    { id: 'a.txt:4', isUnnamed: true, text: '  Bob 🎉', entities: [] },
  ]);
});

test('a line that is not UTF-8 is told, or skipped', async () => {
  const path = await scratch.write('b.txt', Buffer.concat([Buffer.from('a\n'), Uint8Array.from([0xff, 0x0a]), Buffer.from('b\n')]));
  await assert.rejects(reading(readText, path), /b\.txt:2 is not UTF-8/);
  const { samples, told } = await reading(readText, path, { skipBad: true });
  assert.deepEqual([samples.length, told.badRows.length], [2, 1]);
});

test('each text of a directory is one', async () => {
  await mkdir(scratch.path('texts/more'), { recursive: true });
  await scratch.write('texts/b.txt', 'Bob\n\nslept.\n');
  await scratch.write('texts/more/a.txt', 'Ada');
  await scratch.write('texts/c.md', 'no');
  const { samples } = await reading(readText, scratch.path('texts'));
  assert.deepEqual(samples, [
    { id: 'b', text: 'Bob\n\nslept.\n', entities: [] },
    { id: 'more/a', text: 'Ada', entities: [] },
  ]);
});
