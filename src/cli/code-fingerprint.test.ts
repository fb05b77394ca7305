import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { codeFingerprint, fingerprintOf } from './code-fingerprint.ts';

describe('the fingerprint of the code', () => {
  let root: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'el4ner-code-'));
    for (const folder of ['document', 'model/llama', 'prompting', 'cli']) await mkdir(join(root, folder), { recursive: true });
    await writeFile(join(root, 'prompting/chat.js'), 'Find persons.');
  });
  after(() => rm(root, { recursive: true }));

  const changes: Readonly<Record<string, readonly [change: () => Promise<void>, counts: boolean]>> = {
    'a changed file': [() => writeFile(join(root, 'prompting/chat.js'), 'Find all persons.'), true],
    'a new file, however deep': [() => writeFile(join(root, 'model/llama/turns.js'), ''), true],
    'a renamed file': [() => rename(join(root, 'model/llama/turns.js'), join(root, 'model/llama/order.js')), true],
    'a test': [() => writeFile(join(root, 'prompting/chat.test.ts'), 'assert'), false],
    'a fixture': [() => writeFile(join(root, 'model/server.fixture.ts'), 'serve'), false],
    'a declaration': [() => writeFile(join(root, 'prompting/chat.d.ts'), 'export'), false],
    'another folder': [() => writeFile(join(root, 'cli/main.js'), 'main()'), false],
  };
  for (const [name, [change, counts]] of Object.entries(changes)) {
    test(`${counts ? 'is another with' : 'does not count'} ${name}`, async () => {
      const earlier = fingerprintOf(root);
      await change();
      assert.equal(fingerprintOf(root) !== earlier, counts);
    });
  }

  test('is known of this package', () => assert.match(codeFingerprint(), /^[0-9a-f]{64}$/));
});
