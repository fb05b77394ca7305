import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { NerError } from '../../error.ts';
import type { BundledModel } from '../../model/bundled.ts';
import { createTerminal, type Terminal } from '../terminal.ts';
import { listModels } from './list.ts';
import { showModel } from './show.ts';

const weights = 'tiny weights';
const card = '# nano:tiny\n\nFor **tests**.\n';

let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-cards-'));
  await writeFile(join(scratch, 'tiny.gguf'), weights);
  await writeFile(join(scratch, 'damaged.gguf'), weights.toUpperCase());
  await writeFile(join(scratch, 'tiny.md'), card);
});
after(() => rm(scratch, { recursive: true }));

/** A model whose files are there or not, as the names tell. */
function model(name: string, contextTokens = 2048): BundledModel {
  return {
    name,
    path: join(scratch, `${name}.gguf`),
    card: join(scratch, `${name}.md`),
    purpose: `${name} texts`,
    parameters: 12_340_000,
    contextTokens,
    weight: 1,
    textLimit: 1500,
    windowLength: 400,
    license: 'Apache-2.0',
    sha256: createHash('sha256').update(weights).digest('hex'),
  };
}

async function printed(command: (terminal: Terminal) => Promise<number>): Promise<string> {
  const stdout = new PassThrough();
  const { signal } = new AbortController();
  const code = await command(createTerminal({ stdin: new PassThrough(), stdout, stderr: new PassThrough(), environment: {}, signal }));
  assert.equal(code, 0);
  stdout.end();
  return text(stdout);
}

describe('models ls', () => {
  const list = (names: readonly string[], json = false) =>
    printed((terminal) =>
      listModels(
        { format: 'text', json },
        terminal,
        names.map((name) => model(name)),
      ),
    );

  test('tells what is known of a model and where its card is', async () => {
    const lines = (await list(['tiny'])).split('\n').slice(1, 8);
    assert.deepEqual(lines, [
      'nano:tiny',
      '  for         tiny texts',
      '  parameters  12.3 M',
      '  context     2,048 tokens; texts of at most 1,500 characters at once, best up to 400',
      '  licence     Apache-2.0',
      `  file        0.0 MB, hash verified: ${join(scratch, 'tiny.gguf')}`,
      `  card        el4ner models show tiny, or ${join(scratch, 'tiny.md')}`,
    ]);
  });

  test('tells of a file that is damaged or missing, and of no card', async () => {
    const output = await list(['damaged', 'lost']);
    assert.match(
      output,
      /nano:damaged\n[\s\S]*file damaged: .*damaged\.gguf\n {2}card {8}none\nnano:lost\n[\s\S]*file missing: .*lost\.gguf\n/,
    );
  });

  test('tells programs all of it', async () => {
    const { bundled } = JSON.parse(await list(['tiny', 'damaged', 'lost'], true));
    assert.deepEqual(bundled[0], { uri: 'nano:tiny', ...model('tiny'), fileBytes: weights.length, integrity: 'ok' });
    assert.deepEqual(
      bundled.map((row: { integrity: string; fileBytes: number; card: string | null }) => [row.integrity, row.fileBytes, row.card]),
      [
        ['ok', weights.length, join(scratch, 'tiny.md')],
        ['altered', weights.length, null],
        ['missing', 0, null],
      ],
    );
  });
});

describe('models show', () => {
  const models = () => [model('tiny'), model('lost')];
  const show = (name: string, json = false) => printed((terminal) => showModel(name, { json }, terminal, models()));

  test('prints the card, whether the name is that of a URI or not', async () => {
    assert.equal(await show('tiny'), card);
    assert.equal(await show('nano:tiny'), card);
  });

  test('gives programs the text with what is known of the model', async () => {
    assert.deepEqual(JSON.parse(await show('tiny', true)), { uri: 'nano:tiny', ...model('tiny'), text: card });
  });

  const mistakes: Record<string, readonly [name: string, code: string, message: RegExp]> = {
    'a name that no model has': ['huge', 'usage', /No bundled model is called "huge"\. Known are nano:tiny, nano:lost\./],
    'a card that is missing': ['lost', 'unreadable-input', /The card of nano:lost cannot be read from .*lost\.md\./],
  };
  for (const [mistake, [name, code, message]] of Object.entries(mistakes)) {
    test(`refuses ${mistake}`, async () => {
      await assert.rejects(show(name), (error) => error instanceof NerError && error.detail.code === code && message.test(error.message));
    });
  }
});
