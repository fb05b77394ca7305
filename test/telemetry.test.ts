import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';

const repository = dirname(import.meta.dirname);

describe('the SDK of docs/telemetry.md with the command line', () => {
  let scratch: string;
  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'el4ner-otel-'));
    const page = await readFile(join(repository, 'docs', 'telemetry.md'), 'utf8');
    const code = /```js\n\/\/ otel\.mjs\n(.*?)```/s.exec(page)?.[1] ?? '';
    const found = code.replaceAll(/(?<=from ')@opentelemetry\/[\w-]+/g, (name) => import.meta.resolve(name));
    await writeFile(join(scratch, 'otel.mjs'), found);
  });
  after(() => rm(scratch, { recursive: true }));

  const extract = async (environment: Readonly<Record<string, string>>) => {
    const words = ['extract', '--models', 'nano:social', '--format', 'conll', 'Tea near Oslo.'];
    const options = { env: { ...process.env, ...environment } };
    const command = ['--import', join(scratch, 'otel.mjs'), join(repository, 'src', 'cli', 'main.ts'), ...words];
    const { stdout } = await promisify(execFile)(process.execPath, command, options);
    return stdout;
  };

  test('records spans and metrics, without texts', async () => {
    const stdout = await extract({});
    for (const name of ['recognize', 'retrieve', 'extract', 'verify', 'gen_ai.client.token.usage', 'el4ner.documents'])
      assert.match(stdout, new RegExp(`name: '${name}'`));
    assert.match(stdout, /name: 'chat .*social/);
    assert.doesNotMatch(stdout, /Tea near Oslo/);
  });

  test('records texts where the environment says so', async () => {
    assert.match(
      await extract({ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'span_only' }),
      /'el4ner\.document\.text': 'Tea near Oslo\.'/,
    );
  });
});
