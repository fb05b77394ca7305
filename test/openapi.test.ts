import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { env } from 'node:process';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { type RunningServer, startServer } from './server.fixture.ts';

const repository = dirname(import.meta.dirname);
const run = promisify(execFile);
const tool = (name: string, ...words: readonly string[]) =>
  run(process.execPath, [join(repository, 'tools', 'run.js'), name, ...words], { cwd: repository });
const areInstalled = existsSync(join(repository, 'tools', 'node_modules', '@hey-api'));
const text = 'Mira Holm met Ole Brandt in Lund on Friday.';

describe('the description of the interface', {
  timeout: 180_000,
  skip: !areInstalled && !env['CI'] && 'the tools are not installed',
}, () => {
  let scratch: string;
  let server: RunningServer;
  let description: string;
  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'el4ner-openapi-'));
    const pools = [
      '--pool',
      `news=${join(repository, 'examples', 'corpus', 'news', 'pool.jsonl')}`,
      '--pool',
      join(scratch, 'corrections.jsonl'),
    ];
    server = await startServer(['--models', 'nano:social', ...pools]);
    description = join(scratch, 'openapi.json');
    await writeFile(description, await (await fetch(`${server.address}/openapi.json`)).text());
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await rm(scratch, { recursive: true });
  });

  test('is valid by the schema of OpenAPI 3.1', async () => {
    const { stdout } = await tool('validate-api', description);
    assert.deepEqual(JSON.parse(stdout), { valid: true });
  });

  test('makes a client that compiles, and works against the server', async () => {
    await tool(
      'openapi-ts',
      '--input',
      description,
      '--output',
      join(scratch, 'client'),
      '--client',
      '@hey-api/client-fetch',
      '--no-log-file',
    );
    await cp(join(repository, 'examples', 'generated-client', 'use.ts'), join(scratch, 'program.ts'));
    await writeFile(join(scratch, 'package.json'), '{ "type": "module" }');
    const settings = {
      compilerOptions: {
        ...{ strict: true, noUncheckedIndexedAccess: true, module: 'nodenext', target: 'es2024', lib: ['es2024', 'dom', 'dom.iterable'] },
        ...{ types: [], skipLibCheck: true, outDir: 'out', rootDir: '.' },
      },
      include: ['program.ts', 'client'],
    };
    await writeFile(join(scratch, 'tsconfig.json'), JSON.stringify(settings));
    const compiler = join(repository, 'node_modules', '.bin', 'tsc');
    await run(compiler, ['--project', scratch]).catch(({ stdout }: { stdout: string }) => assert.fail(stdout));
    const { use } = await import(pathToFileURL(join(scratch, 'out', 'program.js')).href);
    const found = await use(server.address, text);
    assert.ok(found.entities.length > 0);
    assert.equal(text.slice(found.entities[0].start, found.entities[0].end), found.entities[0].text);
    assert.deepEqual(found.models, [['nano:social', 'language model']]);
    assert.deepEqual(found.pools, [
      ['news', true],
      ['corrections', true],
    ]);
    assert.equal(found.sentences, 1);
    assert.equal(found.problem.status, 422);
    assert.match(found.problem.detail, /There is no pool letters/);
    assert.deepEqual(found.stages, ['retrieve', 'extract', 'classify', 'verify']);
    assert.deepEqual(found.streamed, found.entities);
  });
});
