import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Experiment } from '../src/experiment/experiment.ts';

const cli = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-index-'));
  const sentences = [
    [
      'Angela Merkel met Tony Blair in Berlin.',
      [
        [0, 13],
        [18, 28],
      ],
      [[32, 38]],
    ],
    ['Nothing happened in Dublin.', [], [[20, 26]]],
    ['Marie Curie worked in Paris.', [[0, 11]], [[22, 27]]],
  ] as const;
  const rows = sentences.map(([text, persons, places], index) => ({
    id: `p${index}`,
    text,
    entities: [
      ...persons.map(([start, end]) => ({ start, end, type: 'person' })),
      ...places.map(([start, end]) => ({ start, end, type: 'city' })),
    ],
  }));
  await writeFile(join(scratch, 'pool.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
});
after(() => rm(scratch, { recursive: true }));

function run(...words: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...words], (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }));
  });
}

test('a pool is indexed once, brought up to date, and texts are asked about with it', async () => {
  const [pool, directory] = [join(scratch, 'pool.jsonl'), join(scratch, 'pool.index')];
  const first = await run('index', pool, '--out', directory);
  assert.equal(first.code, 0, first.err);
  assert.match(first.out, /3 sentences, \d+ candidate spans?, .*\n3 sentences worked out in/);
  assert.match((await run('index', pool, '--out', directory)).out, /0 sentences worked out in .* 3 kept/);
  const choice = ['--k', '1', '--trace', '--diversity', '0.5', '--near-duplicates', '0.9'];
  const extracted = await run('extract', '--pool', directory, ...choice, 'Marie Curie worked in Paris.');
  assert.equal(extracted.code, 0, extracted.err);
  assert.match(extracted.out, /1\. \d\.\d\d span similarity {2}p\d/);
  assert.match(extracted.out, /cosine -?\d\.\d\d, weight 4/);
  assert.match(extracted.out, /left out {2}p2 {2}"Marie Curie worked in Paris\."\n {5}ranked 1, but is the text itself\n/);
  assert.match(extracted.out, /city|person/);
});

test('an index is not searched with another embedder', async () => {
  const directory = join(scratch, 'gold.index');
  await run('index', join(scratch, 'pool.jsonl'), '--out', directory, '--candidate-spans', 'gold', '--embedder', 'ngram');
  const { code, err } = await run('extract', '--pool', directory, '--embedder', 'words', 'Emmanuel Macron spoke in Rome.');
  assert.equal(code, 2);
  assert.match(err, /was built with the embedder ngram@1/);
});

test('a pool by its noun chunks needs no model, and texts and experiments go by it', async () => {
  const [pool, directory] = [join(scratch, 'pool.jsonl'), join(scratch, 'chunks.index')];
  const model = ['--models', 'nano:social'];
  const built = await run('index', pool, '--out', directory, '--candidate-spans', 'chunks');
  assert.equal(built.code, 0, built.err);

  const extracted = await run(
    'extract',
    '--pool',
    directory,
    ...model,
    '--span-weights',
    'equal',
    '--trace',
    'Ada Lovelace spoke in Rome.',
  );
  assert.match(extracted.out, /noun chunks of the text: "Ada Lovelace", "Rome"/);
  assert.match(extracted.out, /cosine -?\d\.\d\d, weight 1\n/);
  assert.doesNotMatch(extracted.out, /pre-extract/);

  const experiment = async (name: string, ...words: readonly string[]): Promise<Experiment> => {
    const { code, err } = await run('eval', '--data', pool, ...words, ...model, '--span-weights', 'noun=3', '--json', join(scratch, name));
    assert.equal(code, 0, err);
    return JSON.parse(await readFile(join(scratch, name), 'utf8')) as Experiment; // `eval --json` wrote it
  };
  const byIndex = await experiment('index.json', '--pool', directory);
  const byFile = await experiment('file.json', '--pool', pool, '--candidate-spans', 'chunks');
  assert.deepEqual(
    byIndex.rows.map((row) => ({ ...row, seconds: 0 })),
    byFile.rows.map((row) => ({ ...row, seconds: 0 })),
  );
  const { manifest } = byIndex;
  assert.deepEqual([manifest.pool, manifest.types], [byFile.manifest.pool, byFile.manifest.types]);
  assert.deepEqual([manifest.index?.settings.candidateSpans, byFile.manifest.index, manifest.embedder], ['chunks', null, 'words@1']);
  assert.deepEqual(manifest.options['weigher'], { properNoun: 4, noun: 3, pronoun: 1, other: 0 });

  const journal = join(scratch, 'journal');
  const other = await run('eval', '--data', pool, '--pool', directory, ...model, '--embedder', 'ngram', '--journal', journal);
  assert.equal(other.code, 2);
  assert.match(other.err, /was built with the embedder words@1/);
  await assert.rejects(readFile(journal), 'an experiment that cannot be has no journal');
});

test('an index by noun chunks of older rules is not searched, and is built anew in its place', async () => {
  const directory = join(scratch, 'older.index');
  const build = ['index', join(scratch, 'pool.jsonl'), '--out', directory, '--candidate-spans', 'chunks'];
  await run(...build);
  assert.match((await run(...build)).out, /0 sentences worked out in .* 3 kept/);

  const manifest = join(directory, 'index.json');
  await writeFile(manifest, (await readFile(manifest, 'utf8')).replace(/"noun-chunks@\d+"/, '"noun-chunks@0"'));
  const refused = await run('extract', '--pool', directory, '--models', 'nano:social', 'Emmanuel Macron spoke in Rome.');
  assert.equal(refused.code, 2);
  assert.match(refused.err, /was built by the noun chunks of noun-chunks@0, .*Build the index anew with `el4ner index`/);
  assert.match((await run(...build)).out, /3 sentences worked out/);
  assert.equal((await run('extract', '--pool', directory, '--models', 'nano:social', 'Emmanuel Macron spoke in Rome.')).code, 0);
});

test('an index by other candidate spans is kept, unless it is to be replaced', async () => {
  const build = ['index', join(scratch, 'pool.jsonl'), '--out', join(scratch, 'kept.index')];
  await run(...build, '--candidate-spans', 'chunks');
  const refused = await run(...build);
  assert.deepEqual([refused.code, refused.out], [2, '']);
  assert.match(refused.err, /^el4ner: \S+kept\.index holds an index by chunks with the embedder words@1, and asked for is one by gold/);
  const flags = /Give (.*) to go on with what is there/.exec(refused.err)?.[1]?.split(' ') ?? assert.fail(refused.err);
  assert.match((await run(...build, ...flags)).out, /0 sentences worked out in .* 3 kept/);
  assert.match((await run(...build, '--replace')).out, /3 sentences worked out/);
  assert.match((await run(...build)).out, /0 sentences worked out/);
});

test('flags of models are refused where no model is asked', async () => {
  const build = ['index', join(scratch, 'pool.jsonl'), '--out', join(scratch, 'idle.index')];
  const usual = await run(...build, '--models', 'nano:social');
  assert.deepEqual([usual.code, usual.out], [2, '']);
  assert.match(usual.err, /^el4ner: --models came with candidate spans by gold, .* Add that, or leave out --models\.\n$/);
  const chunks = await run(...build, '--candidate-spans', 'chunks', '--timeout', '5', '--models', 'nano:social');
  assert.equal(chunks.code, 2);
  assert.match(chunks.err, /--models and --timeout came with candidate spans by chunks, .*expected --candidate-spans models/);
  const asked = await run(...build, '--candidate-spans', 'models', '--timeout', '5', '--models', 'nano:social');
  assert.match(asked.out, /3 sentences worked out/);
});

test('a pool that is none, and an index without a place, are told', async () => {
  const missing = await run('index', join(scratch, 'no.jsonl'), '--out', join(scratch, 'x'));
  assert.deepEqual([missing.code, /no\.jsonl/.test(missing.err)], [2, true]);
  const nowhere = await run('index', join(scratch, 'pool.jsonl'));
  assert.deepEqual([nowhere.code, /--out/.test(nowhere.err)], [2, true]);
  const onFile = await run('index', join(scratch, 'pool.jsonl'), '--out', join(scratch, 'pool.jsonl'), '--candidate-spans', 'gold');
  assert.equal(onFile.code, 2, onFile.err);
});
