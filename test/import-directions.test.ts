import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';

const repository = dirname(import.meta.dirname);
const linter = join(repository, 'tools', 'node_modules', '.bin', 'biome');

/** For a file of each folder: what it may import, and what not. */
const directions = {
  'src/document/a.ts': { may: ['./span.ts', '../error.ts'], mustNot: ['../prompting/task.ts', '../model/open.ts', '../index.ts'] },
  'src/prompting/a.ts': { may: ['../error.ts', '../document/span.ts'], mustNot: ['../model/transport.ts', '../testing.ts'] },
  'src/model/a.ts': { may: ['../document/span.ts', '../prompting/task.ts'], mustNot: ['../pool/a.ts', '../pipeline/recognizer.ts'] },
  'src/model/llama/a.ts': {
    may: ['../transport.ts', '../../error.ts', '../../document/span.ts', '../../prompting/task.ts'],
    mustNot: ['../../pool/a.ts', '../../pipeline/verify/a.ts'],
  },
  'src/pool/a.ts': {
    may: ['../document/span.ts', '../prompting/task.ts', '../model/embedder.ts'],
    mustNot: ['../pipeline/retrieve/a.ts', '../evaluation/a.ts'],
  },
  'src/evaluation/a.ts': {
    may: ['../document/span.ts', '../prompting/task.ts'],
    mustNot: ['../model/open.ts', '../model/llama/a.ts', '../pipeline/recognizer.ts'],
  },
  'src/pipeline/recognizer.ts': {
    may: ['./extract/a.ts', '../document/span.ts', '../prompting/task.ts', '../model/language-model.ts', '../pool/a.ts'],
    mustNot: ['../evaluation/a.ts', '../cli/main.ts', '../index.ts'],
  },
  'src/pipeline/extract/a.ts': {
    may: [
      './b.ts',
      '../ensemble.ts',
      '../decide/a.ts',
      '../../error.ts',
      '../../document/span.ts',
      '../../model/language-model.ts',
      '../../pool/a.ts',
    ],
    mustNot: ['../recognizer.ts', '../classify/a.ts', '../retrieve/a.ts', '../../evaluation/a.ts', '../../cli/main.ts'],
  },
  'src/suggestion/a.ts': {
    may: ['./b.ts', '../document/span.ts', '../model/embedder.ts', '../pipeline/recognizer.ts'],
    mustNot: ['../experiment/a.ts', '../cli/main.ts', '../index.ts'],
  },
  'src/integration/a.ts': {
    may: ['./b.ts', '../document/span.ts', '../pipeline/recognizer.ts', '../error.ts'],
    mustNot: ['../server/app.ts', '../cli/main.ts', '../index.ts'],
  },
  'src/server/a.ts': { may: ['./b.ts', '../pipeline/recognizer.ts', '../error.ts'], mustNot: ['../cli/main.ts'] },
  'src/cli/a.ts': { may: ['./b.ts', '../index.ts', '../evaluation/a.ts', '../pipeline/recognizer.ts'], mustNot: [] },
  'src/index.ts': { may: ['./document/span.ts', './pipeline/recognizer.ts'], mustNot: ['./cli/main.ts'] },
  'test/a.ts': { may: ['../src/index.ts'], mustNot: ['../src/cli/main.ts'] },
};

describe('import directions', { skip: !existsSync(linter) && 'the linter is not installed: npm run lint installs it' }, () => {
  let root: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'el4ner-directions-'));
    await cp(join(repository, 'biome.json'), join(root, 'biome.json'));
  });
  after(() => rm(root, { recursive: true }));

  for (const [file, { may, mustNot }] of Object.entries(directions)) {
    test(file, async () => {
      const imports = [...may, ...mustNot];
      await mkdir(dirname(join(root, file)), { recursive: true });
      await writeFile(join(root, file), imports.map((path) => `import '${path}';\n`).join(''));
      const rule = ['--only=lint/style/noRestrictedImports', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=github'];
      const { stdout } = spawnSync(linter, ['lint', ...rule, file], { cwd: root, encoding: 'utf8' });
      const refused = Array.from(stdout.matchAll(/noRestrictedImports,.*?line=(\d+)/g), ([, line]) => imports[Number(line) - 1]);
      assert.deepEqual(refused, mustNot);
    });
  }
});
