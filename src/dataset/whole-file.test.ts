import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, test } from 'node:test';
import { NerError } from '../error.ts';
import { arriving, scratchDirectory } from './format.fixture.ts';
import { writeWholeDirectory, writeWholeFile } from './whole-file.ts';

const scratch = scratchDirectory('whole-file');

async function* failing<T>(first: T): AsyncGenerator<T, void, undefined> {
  yield first;
  throw new RangeError('a bad row');
}

/** Whether an error tells a mistake of use, and no more than that before the advice. */
function isUsage(start: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof NerError);
    assert.equal(error.message.slice(0, start.length), start);
    assert.doesNotMatch(error.message, /\.tmp/);
    return error.detail.code === 'usage';
  };
}

async function leftovers(): Promise<readonly string[]> {
  return (await readdir(dirname(scratch.path('x')))).filter((name) => name.endsWith('.tmp'));
}

describe('a file', () => {
  test('is written whole, and replaced with the permissions that it had', async () => {
    const path = await scratch.write('a', 'before');
    await chmod(path, 0o600);
    const long = 'ö'.repeat(100_000);
    await writeWholeFile(path, arriving([long, 'a', '', long]));
    assert.equal(await readFile(path, 'utf8'), `${long}a${long}`);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.deepEqual(await leftovers(), []);
  });

  test('stays as it was if what is to be written fails, and the failure comes through', async () => {
    const path = await scratch.write('b', 'before');
    await assert.rejects(writeWholeFile(path, failing('x'.repeat(100_000))), RangeError);
    assert.equal(await readFile(path, 'utf8'), 'before');
    assert.deepEqual(await leftovers(), []);
  });

  test('that is a device stays one', async () => {
    await writeWholeFile('/dev/null', arriving(['x']));
    assert.equal((await stat('/dev/null')).isFile(), false);
  });

  test('is written of a text or of bytes too', async () => {
    for (const content of ['ö', Buffer.from('ö')]) {
      await writeWholeFile(scratch.path('c'), content);
      assert.equal(await readFile(scratch.path('c'), 'utf8'), 'ö');
    }
  });

  const unwritable: Record<string, readonly [path: string, reason: string]> = {
    'in no directory': ['none/a', 'ENOENT: no such file or directory'],
    'at the path of a directory': ['', 'EISDIR: illegal operation on a directory'],
  };
  for (const [name, [file, reason]] of Object.entries(unwritable)) {
    test(`${name} is told by the path that was given`, async () => {
      const path = scratch.path(file);
      await assert.rejects(writeWholeFile(path, arriving(['x'])), isUsage(`${path} cannot be written to: ${reason}.`));
    });
  }
});

describe('a directory', () => {
  const file = { name: 'x.txt', content: 'x' };

  test('is written whole where there is nothing, or an empty one', async () => {
    await mkdir(scratch.path('empty'));
    for (const name of ['new', 'empty']) {
      await writeWholeDirectory(scratch.path(name), arriving([file]));
      assert.deepEqual(await readdir(scratch.path(name)), ['x.txt']);
    }
    assert.deepEqual(await leftovers(), []);
  });

  test('does not take the place of anything', async () => {
    await mkdir(scratch.path('full'));
    await scratch.write('full/a', 'a');
    for (const path of [scratch.path('full'), await scratch.write('c', '')]) {
      await assert.rejects(writeWholeDirectory(path, arriving([file])), isUsage(`${path} is there already`));
    }
    assert.deepEqual(await readdir(scratch.path('full')), ['a']);
  });

  test('that cannot be written is told by the path that was given', async () => {
    const path = scratch.path('long');
    const unnameable = { name: 'x'.repeat(300), content: 'x' };
    await assert.rejects(
      writeWholeDirectory(path, arriving([unnameable])),
      isUsage(`${path} cannot be written to: ENAMETOOLONG: name too long.`),
    );
  });

  test('is not there if what is to be written fails', async () => {
    await assert.rejects(writeWholeDirectory(scratch.path('failed'), failing(file)), RangeError);
    await assert.rejects(stat(scratch.path('failed')));
    assert.deepEqual(await leftovers(), []);
  });
});
