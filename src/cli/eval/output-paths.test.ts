import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { NerError } from '../../error.ts';
import { evalFlags, parseFlags } from '../flags.ts';
import { checkOutputPaths } from './output-paths.ts';

let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-outputs-'));
  await writeFile(at('data.jsonl'), '');
  await symlink(at('data.jsonl'), at('link'));
  await mkdir(at('pool'));
});
after(() => rm(scratch, { recursive: true }));
const at = (name: string): string => (name.startsWith('/') ? name : join(scratch, name));

/** Paths of flags are names in the scratch directory. */
function check(flags: Readonly<Record<string, string>>): Promise<void> {
  const paths = Object.entries(flags).map(([flag, name]) => [flag, flag === 'types' ? `person,@${at(name.slice(1))}` : at(name)]);
  return checkOutputPaths(parseFlags(evalFlags, Object.fromEntries(paths)));
}

describe('a file is not written for two purposes', () => {
  const cases: Record<string, readonly [flags: Readonly<Record<string, string>>, message: RegExp]> = {
    'data and JSON': [{ data: 'data.jsonl', json: 'data.jsonl' }, /^--data and --json are both \S+data\.jsonl; expected a file of its own/],
    'data by another name': [{ data: 'data.jsonl', html: 'link' }, /^--data and --html are both \S+link/],
    'pool and journal': [{ data: 'd', pool: 'data.jsonl', journal: 'data.jsonl' }, /^--pool and --journal/],
    'types and JSON': [{ data: 'd', types: '@data.jsonl', json: 'data.jsonl' }, /^--types and --json/],
    'JSON and report, of files to come': [{ data: 'd', json: 'new', html: './new' }, /^--json and --html/],
    'a directory and a file in it': [
      { data: 'd', pool: 'pool', json: 'pool/new' },
      /pool\/new lies in the directory of --pool, whose files/,
    ],
    'JSON and journal': [{ data: 'd', json: 'new', journal: 'new' }, /^--json and --journal/],
  };
  for (const [name, [flags, message]] of Object.entries(cases)) {
    test(name, () =>
      assert.rejects(check(flags), (error) => error instanceof NerError && error.detail.code === 'usage' && message.test(error.message)),
    );
  }

  test('however the path is written', async () => {
    const [json, html] = [at('new'), relative(process.cwd(), at('new'))];
    await assert.rejects(checkOutputPaths(parseFlags(evalFlags, { json, html })), /^NerError: --json and --html are both/);
  });
});

test('files of their own are written, and a device takes several', async () => {
  await check({ data: 'data.jsonl', pool: 'data.jsonl', json: 'a', html: 'b', journal: 'c' });
  await check({ data: 'data.jsonl', json: '/dev/null', html: '/dev/null' });
});

test('a journal in a folder that is none is told too', () => assert.rejects(check({ data: 'd', journal: 'no/such' }), /cannot be written/));
