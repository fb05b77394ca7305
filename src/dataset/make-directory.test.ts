import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeDirectory } from './make-directory.ts';

describe('making a directory', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'el4ner-directory-'));
  });
  after(() => rm(folder, { recursive: true }));

  test('with those above it, and again', async () => {
    const path = join(folder, 'a', 'b', 'c');
    await makeDirectory(path);
    await makeDirectory(path);
    assert.ok((await stat(path)).isDirectory());
  });

  test('several at once', async () => {
    for (let round = 0; round < 20; round++) {
      const above = join(folder, `p${round}`, 'q', 'r');
      await Promise.all(['x', 'y', 'x', 'z'].map((name) => makeDirectory(join(above, name))));
      assert.ok((await stat(join(above, 'y'))).isDirectory());
    }
  });

  test('fails where a file is, or is above', async () => {
    await writeFile(join(folder, 'file'), '');
    await assert.rejects(makeDirectory(join(folder, 'file')), { code: 'EEXIST' });
    await assert.rejects(makeDirectory(join(folder, 'file', 'below')), { code: 'ENOTDIR' });
  });

  test('fails where there can be none', { skip: !existsSync('/proc/self') && 'there is no /proc', timeout: 10_000 }, async () => {
    await assert.rejects(makeDirectory('/proc/el4ner/below'), { code: /ENOENT|EACCES|EPERM/ });
  });
});
