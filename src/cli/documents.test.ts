import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { NerError } from '../error.ts';
import { openDocuments } from './documents.ts';
import { createTerminal, type Terminal } from './terminal.ts';

function terminal(stdin: Terminal['stdin'], signal = new AbortController().signal): Terminal {
  return createTerminal({ stdin, stdout: new PassThrough(), stderr: new PassThrough(), environment: {}, signal });
}

let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-documents-'));
});
after(() => rm(scratch, { recursive: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(scratch, name);
  await writeFile(path, content);
  return path;
}

async function documents(texts: readonly string[], files: readonly string[], input: string | Uint8Array = '') {
  const source = await openDocuments(texts, files, terminal(Readable.from([Buffer.from(input)])));
  return { several: source.several, documents: await Array.fromAsync(source.documents) };
}

describe('documents', () => {
  test('each argument is one, and "-" is the standard input in its place', async () => {
    assert.deepEqual(await documents(['Ada', '-', ''], [], '中文\n'), {
      several: true,
      documents: [
        { id: '1', text: 'Ada' },
        { id: 'stdin', text: '中文\n' },
        { id: '3', text: '' },
      ],
    });
  });

  test('without any the standard input is the only one, even if it is empty', async () => {
    assert.deepEqual(await documents([], []), { several: false, documents: [{ id: 'stdin', text: '' }] });
  });

  test('a text file is one, without its byte order mark', async () => {
    const path = await file('a.txt', '\ufeffAda\r\n');
    assert.deepEqual(await documents([], [path]), { several: false, documents: [{ id: 'a.txt', text: 'Ada\r\n' }] });
  });

  for (const name of ['b.jsonl', 'b.NDJSON']) {
    test(`the rows of ${name} are one each, and a list even if there is one`, async () => {
      const path = await file(name, '{"text":"Ada","entities":[]}\n');
      assert.deepEqual(await documents([], [path]), { several: true, documents: [{ id: `${name}:1`, text: 'Ada' }] });
    });
  }

  test('texts and files are taken together, texts first', async () => {
    const path = await file('c.jsonl', '{"id":"x","text":"Bob"}\n{"id":2,"text":"Eve"}');
    const { documents: found } = await documents(['Ada'], [path]);
    assert.deepEqual(found, [
      { id: '1', text: 'Ada' },
      { id: 'x', text: 'Bob' },
      { id: '2', text: 'Eve' },
    ]);
  });
});

describe('what cannot be read', () => {
  const cases: Record<string, readonly [texts: readonly string[], files: () => Promise<readonly string[]>, message: RegExp]> = {
    'an empty file': [[], async () => [await file('d.txt', '')], /d\.txt is empty; expected a text in UTF-8/],
    'a missing file': [[], async () => [join(scratch, 'nothing.txt')], /nothing\.txt, but it does not exist\. Check the path/],
    'missing JSON Lines': [[], async () => [join(scratch, 'nothing.jsonl')], /nothing\.jsonl, but it does not exist/],
    'empty JSON Lines': [[], async () => [await file('f.jsonl', '')], /f\.jsonl is empty; expected \{"id"/],
    'a directory': [[], async () => [scratch], /but it is a directory/],
    'a file that is not UTF-8': [[], async () => [await file('e.txt', Uint8Array.from([0xff, 0xfe]))], /e\.txt is not UTF-8/],
    'a standard input that is not UTF-8': [['-'], async () => [], /standard input is not UTF-8/],
    'a standard input asked for twice': [['-', '-'], async () => [], /"-" was given twice/],
  };
  for (const [name, [texts, files, message]] of Object.entries(cases)) {
    test(name, async () => {
      const problem = (error: unknown) => error instanceof NerError && message.test(error.message);
      await assert.rejects(documents(texts, await files(), Uint8Array.from([0x80])), problem);
    });
  }

  test('nothing at all, at a terminal', async () => {
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    await assert.rejects(openDocuments([], [], terminal(stdin)), /There is no text\. Give one as an argument/);
  });
});

test('an abort ends the wait for the standard input', async () => {
  const abort = new AbortController();
  const opening = openDocuments(['-'], [], terminal(new PassThrough(), abort.signal));
  abort.abort(new Error('enough'));
  await assert.rejects(opening, /enough/);
});
