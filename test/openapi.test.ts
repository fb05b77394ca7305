import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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

/** A program that uses the generated client, which must compile as strictly as ours. */
const program = `
import { client } from './client/client.gen.js';
import { extract, extractStream, listModels, listPools, addSentence, type Entity, type Problem } from './client/index.js';

export async function use(baseUrl: string, text: string) {
  client.setConfig({ baseUrl });
  const found = await extract({ body: { documents: [{ id: 'a', text }], pool: 'news', types: ['person', { name: 'city' }] } });
  const entities: readonly Entity[] = found.data?.documents[0]?.entities ?? [];
  const models = (await listModels()).data?.models.map(({ id, kind }) => [id, kind]);
  const pools = (await listPools()).data?.pools.map(({ name, isWritable }) => [name, isWritable]);
  const added = await addSentence({ path: { name: 'corrections' }, body: { text: 'Lund.', entities: [{ start: 0, end: 4, type: 'city' }] } });
  const sentences = added.data?.sentences;
  const failed = await extract({ body: { documents: [{ text }], pool: 'letters' } });
  const problem: Problem | undefined = failed.error;
  const stages: string[] = [];
  let streamed: readonly Entity[] = [];
  const { stream } = await extractStream({ body: { documents: [{ id: 'a', text }], pool: 'news', types: ['person', { name: 'city' }] } });
  for await (const event of stream) {
    if ('stage' in event) stages.push(event.stage);
    if ('entities' in event) streamed = event.entities ?? [];
  }
  return { entities, models, pools, sentences, problem, stages, streamed };
}
`;

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
    server = await startServer('--models', 'nano:social', ...pools);
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
    await writeFile(join(scratch, 'program.ts'), program);
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
