import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { type AnswerCache, openAnswerCache } from './answer-cache.ts';

let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-cache-'));
});
after(() => rm(scratch, { recursive: true }));

/** Overwrites all of a database but what says what it is. */
async function damage(path: string): Promise<void> {
  const file = await open(path, 'r+');
  const { size } = await file.stat();
  const beginning = 4 * 4096;
  await file.write(Buffer.alloc(size - beginning, 0xee), 0, size - beginning, beginning);
  await file.close();
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (cache: AnswerCache, key: string): string | undefined => {
  const found = cache.get(bytes(key));
  return found === undefined ? undefined : new TextDecoder().decode(found);
};

describe('a cache of answers', () => {
  test('keeps what is put, in a file that the next one opens', () => {
    const path = join(scratch, 'below', 'kept.sqlite');
    {
      using cache = openAnswerCache(path);
      cache.put(bytes('a'), bytes('first'));
      cache.put(bytes('a'), bytes('second'));
      assert.equal(textOf(cache, 'b'), undefined);
    }
    using again = openAnswerCache(path);
    assert.equal(textOf(again, 'a'), 'second');
    assert.equal(again.stats().answers, 1);
    assert.equal(again.clear(), 1);
    assert.equal(textOf(again, 'a'), undefined);
  });

  test('is of its owner alone', { skip: process.platform === 'win32' }, async () => {
    const directory = join(scratch, 'private');
    using cache = openAnswerCache(join(directory, 'own.sqlite'));
    cache.put(Buffer.of(1), Buffer.of(2));
    for (const name of ['', 'own.sqlite', 'own.sqlite-wal']) assert.equal((await stat(join(directory, name))).mode & 0o077, 0, name);
  });

  test('does not grow beyond its bound: what was not used for the longest time goes first', async () => {
    const path = join(scratch, 'bounded.sqlite');
    const mostBytes = 400_000;
    using cache = openAnswerCache(path, { mostBytes });
    for (let at = 0; at < 640; at++) cache.put(bytes(`key ${at}`), new Uint8Array(4000).fill(at));
    assert(cache.stats().bytes <= mostBytes + 64 * 5000, String(cache.stats().bytes));
    assert(cache.stats().answers > 30);
    assert.equal(cache.get(bytes('key 0')), undefined);
    assert.notEqual(cache.get(bytes('key 639')), undefined);
    assert((await stat(path)).size < 2 * mostBytes);
  });

  test('is held to its bound by short runs too', () => {
    const path = join(scratch, 'short.sqlite');
    const mostBytes = 400_000;
    for (let run = 0; run < 8; run++) {
      using cache = openAnswerCache(path, { mostBytes });
      for (let at = 0; at < 40; at++) cache.put(bytes(`key ${run} ${at}`), new Uint8Array(4000).fill(at));
    }
    using large = openAnswerCache(path, { mostBytes });
    assert(large.stats().bytes <= mostBytes, String(large.stats().bytes));
    assert.notEqual(large.get(bytes('key 7 39')), undefined);
    using small = openAnswerCache(path, { mostBytes: 100_000 });
    assert(small.stats().bytes <= 100_000, String(small.stats().bytes));
  });

  test('refuses files that are none, and names them', async () => {
    const path = join(scratch, 'none.sqlite');
    await writeFile(path, 'This is a letter, and it is long enough to be read as the header of a database. '.repeat(9));
    assert.throws(() => openAnswerCache(path), {
      message: /none\.sqlite cannot be used as a cache: .* Remove it if nothing else needs it, or name another file/,
    });
    const later = join(scratch, 'later.sqlite');
    const database = new DatabaseSync(later);
    database.exec(`PRAGMA application_id = ${0x656c346e}; PRAGMA user_version = 99`);
    database.close();
    assert.throws(() => openAnswerCache(later), { message: /it is of version 99; expected 1/ });
  });

  for (const [name, content] of [
    ['of other tables', 'CREATE TABLE bookmarks (url TEXT); CREATE TABLE visits (at INTEGER)'],
    [
      'that has a table of the same name',
      'CREATE TABLE answers (key BLOB PRIMARY KEY, answer BLOB, used INTEGER); PRAGMA user_version = 1',
    ],
    ['of another application', 'PRAGMA application_id = 7'],
  ] as const) {
    test(`leaves a database ${name} as it is`, async () => {
      const path = join(scratch, `${name}.sqlite`);
      const database = new DatabaseSync(path);
      database.exec(content);
      database.close();
      const before = await readFile(path);
      assert.throws(() => openAnswerCache(path), {
        message: /: it is a database of something else(, with the tables (bookmarks, visits|answers))?\. /,
      });
      assert.deepEqual(await readFile(path), before);
    });
  }

  test('cannot be where there is no room for directories', { skip: process.platform !== 'linux' }, () =>
    assert.throws(() => openAnswerCache('/proc/none/of/these/a.sqlite'), { message: /cannot be used as a cache: (ENOENT|EACCES|EPERM)/ }),
  );

  test('that is damaged is told once, finds nothing, and says so of its stats and its clearing', async () => {
    const path = join(scratch, 'damaged.sqlite');
    {
      using cache = openAnswerCache(path);
      for (let at = 0; at < 200; at++) cache.put(bytes(`key ${at}`), new Uint8Array(2000).fill(at));
    }
    await damage(path);
    const troubles: string[] = [];
    using cache = openAnswerCache(path, { onTrouble: (reason) => troubles.push(reason) });
    for (let at = 0; at < 3; at++) assert.equal(cache.get(bytes(`key ${at}`)), undefined);
    assert.equal(troubles.length, 1);
    assert.match(troubles[0] ?? '', /damaged\.sqlite cannot be read, so that models are asked: database disk image is malformed\.$/);
    const refusal = {
      name: 'NerError',
      message: /damaged\.sqlite cannot be used as a cache: database disk image is malformed\. Remove it if/,
    };
    assert.throws(() => cache.stats(), refusal);
    assert.throws(() => cache.clear(), refusal);
  });

  test('that cannot be written any more is told once, and still gives what it has', () => {
    const path = join(scratch, 'full.sqlite');
    const troubles: string[] = [];
    using cache = openAnswerCache(path, { onTrouble: (reason) => troubles.push(reason) });
    cache.put(bytes('a'), bytes('first'));
    const other = new DatabaseSync(path);
    other.exec("CREATE TRIGGER full BEFORE INSERT ON answers BEGIN SELECT RAISE(ABORT, 'the disk is full'); END");
    other.close();
    for (const key of ['b', 'c']) cache.put(bytes(key), bytes('lost'));
    assert.deepEqual(
      [troubles.length, /cannot be written, so that answers are not kept: the disk is full/.test(troubles[0] ?? '')],
      [1, true],
    );
    assert.equal(textOf(cache, 'a'), 'first');
  });
});

describe('processes that share a cache', () => {
  const writer = (path: string, name: string, count: number) =>
    spawn(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { openAnswerCache } from ${JSON.stringify(join(import.meta.dirname, 'answer-cache.ts'))};
         const encoder = new TextEncoder();
         using cache = openAnswerCache(${JSON.stringify(path)}, { onTrouble: (reason) => { throw new Error(reason); } });
         for (let at = 0; at < ${count}; at++) cache.put(encoder.encode('${name} ' + at), encoder.encode('${name} answers ' + at));`,
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );

  test('lose nothing when they write at once', async () => {
    const path = join(scratch, 'shared.sqlite');
    const codes = await Promise.all(['a', 'b'].map(async (name) => (await once(writer(path, name, 500), 'close'))[0]));
    assert.deepEqual(codes, [0, 0]);
    using cache = openAnswerCache(path);
    assert.equal(cache.stats().answers, 1000);
    assert.equal(textOf(cache, 'b 499'), 'b answers 499');
  });

  test('leave a cache that opens when they are killed', async () => {
    const path = join(scratch, 'killed.sqlite');
    const child = writer(path, 'a', 1e9);
    const answers = () => {
      using cache = openAnswerCache(path);
      return cache.stats().answers;
    };
    while (answers() < 50) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGKILL');
    await once(child, 'close');
    using cache = openAnswerCache(path);
    assert.equal(textOf(cache, 'a 49'), 'a answers 49');
    cache.put(bytes('b'), bytes('after'));
    assert.equal(textOf(cache, 'b'), 'after');
  });
});
