import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { NerError } from '../error.ts';
import { type DownloadOptions, download, type ExpectedFile } from './download.ts';
import { cutAfter, type FileServer, serveFiles, status } from './file-server.fixture.ts';

const content = Array.from({ length: 4000 }, (_, line) => `token${line}\tO\n`).join('');
const sum = sha256(content);

let server: FileServer;
let scratch: string;
let path: string;
beforeEach(async () => {
  server = await serveFiles({ '/data.conll': content });
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-download-'));
  path = join(scratch, 'set', 'data.conll');
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(scratch, { recursive: true });
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

type Settings = Partial<DownloadOptions> & { readonly file?: Partial<ExpectedFile> };

function get({ file, ...options }: Settings = {}): Promise<string> {
  return download({ url: `${server.url}/data.conll`, sha256: undefined, bytes: undefined, ...file }, path, {
    mostBytes: 1e6,
    patience: { attempts: 3, backoffMs: 1, longestWaitMs: 2000, silenceMs: 5000 },
    signal: new AbortController().signal,
    advice: { refused: 'Look elsewhere.', different: 'Ask its makers.' },
    ...options,
  });
}

/** Rejects with these words, and leaves nothing but what may be continued. */
async function assertFails(work: Promise<unknown>, message: RegExp, code = 'download-failed'): Promise<void> {
  await assert.rejects(work, (error) => {
    assert(error instanceof NerError, String(error));
    assert.equal(error.detail.code, code);
    assert.match(error.message, message);
    return true;
  });
}

async function left(): Promise<readonly string[]> {
  return readdir(join(scratch, 'set'));
}

describe('a download', () => {
  test('writes the file, tells its sum and leaves nothing else', async () => {
    const seen: (readonly [number, number | undefined])[] = [];
    assert.equal(await get({ onProgress: (...progress) => seen.push(progress) }), sum);
    assert.equal(await readFile(path, 'utf8'), content);
    assert.deepEqual(await left(), ['data.conll']);
    assert.deepEqual(seen.at(-1), [content.length, content.length]);
    assert.equal(server.requests[0]?.headers['accept-encoding'], 'identity');
  });

  test('replaces the file that is there', async () => {
    await mkdir(join(scratch, 'set'));
    await writeFile(path, 'old');
    await get();
    assert.equal(await readFile(path, 'utf8'), content);
  });

  test('of what a server compresses is the file all the same, and never continued', async () => {
    const packed = gzipSync(content);
    const headers = { 'content-encoding': 'gzip', 'content-length': packed.length, etag: '"packed"' };
    server.stage(
      (response) => {
        response.writeHead(200, headers);
        response.write(packed.subarray(0, packed.length / 2), () => setTimeout(() => response.destroy(), 30));
      },
      (response) => response.writeHead(200, headers).end(packed),
    );
    assert.equal(await get({ file: { bytes: content.length } }), sum);
    assert.equal(server.requests[1]?.headers.range, undefined);
  });

  test('of an empty file is a file', async () => {
    server.put('/data.conll', '');
    assert.equal(await get(), sha256(''));
    assert.equal(await readFile(path, 'utf8'), '');
  });
});

describe('two processes that want one file', () => {
  const script = `
    const { download, usualPatience } = await import(${JSON.stringify(new URL('download.ts', import.meta.url))});
    const [url, path] = process.argv.slice(1);
    const advice = { refused: '', different: '' };
    const options = { mostBytes: 1e6, patience: usualPatience, signal: new AbortController().signal, advice };
    console.log(await download({ url }, path, options));`;

  function inProcess(): Promise<{ readonly stdout: string }> {
    return promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, `${server.url}/data.conll`, path]);
  }

  test('both get it whole, whoever is first', async () => {
    const waiting: ServerResponse[] = [];
    const together = (response: ServerResponse): void => {
      waiting.push(response);
      response.writeHead(200, { 'content-length': content.length, etag: '"1"' }).write(content.slice(0, 30_000));
      if (waiting.length === 2) for (const each of waiting) each.end(content.slice(30_000));
    };
    server.stage(together, together);
    const results = await Promise.all([inProcess(), inProcess()]);
    assert.deepEqual(
      results.map(({ stdout }) => stdout.trim()),
      [sum, sum],
    );
    assert.equal(await readFile(path, 'utf8'), content);
    assert.deepEqual(await left(), ['data.conll']);
  });
});

describe('a cut connection', () => {
  test('is resumed where it was cut', async () => {
    server.stage(cutAfter(content, 20_000));
    const retries: string[] = [];
    assert.equal(await get({ file: { sha256: sum }, onRetry: (reason) => retries.push(reason) }), sum);
    assert.equal(await readFile(path, 'utf8'), content);
    assert.equal(server.requests[1]?.headers.range, 'bytes=20000-');
    assert.equal(retries.length, 1);
  });

  test('is resumed by the next download, after all attempts failed', async () => {
    server.stage(cutAfter(content, 20_000), status(503), status(503));
    await assertFails(get(), /in 3 attempts. It answered 503 .* 20000 bytes are kept/);
    assert.deepEqual(await left(), ['data.conll.part']);
    assert.equal(await get(), sum);
    assert.equal(server.requests.at(-1)?.headers.range, 'bytes=20000-');
    assert.deepEqual(await left(), ['data.conll']);
  });

  test('starts over where the file has changed meanwhile', async () => {
    server.stage(cutAfter('another version '.repeat(2000), 20_000));
    assert.equal(await get(), sum);
    assert.equal(server.requests[1]?.headers.range, 'bytes=20000-');
    assert.equal(await readFile(path, 'utf8'), content);
  });

  test('starts over where the server knows no ranges', async () => {
    server.stage(cutAfter(content, 20_000), (response) => response.end(content));
    assert.equal(await get(), sum);
    assert.equal(await readFile(path, 'utf8'), content);
  });

  for (const [validator, headers] of Object.entries({ 'no ETag': {}, 'a weak ETag': { etag: 'W/"1"' } })) {
    test(`is not continued with ${validator}, for versions could be mixed`, async () => {
      server.stage(cutAfter(content, 20_000, headers));
      await get();
      assert.equal(server.requests[1]?.headers.range, undefined);
    });
  }

  test('is continued by the date of the last change where there is no ETag', async () => {
    const date = 'Mon, 06 Nov 2017 10:00:00 GMT';
    server.stage(cutAfter(content, 20_000, { 'last-modified': date }));
    await get();
    assert.equal(server.requests[1]?.headers['if-range'], date);
  });

  test('starts over where a range does not follow what is here, or cannot be had', async () => {
    const wrong = { 'content-range': `bytes 5-9/${content.length}` };
    server.stage(cutAfter(content, 20_000), (response) => response.writeHead(206, wrong).end('wrong'));
    assert.equal(await get(), sum);
    server.stage(cutAfter(content, 20_000), status(416));
    assert.equal(await get(), sum);
  });

  test('starts over where the parts make no file of the expected sum', async () => {
    const other = content.toUpperCase();
    server.stage(cutAfter(other, 20_000), (response) => {
      const range = `bytes 20000-${content.length - 1}/${content.length}`;
      response.writeHead(206, { 'content-range': range }).end(content.slice(20_000));
    });
    assert.equal(await get({ file: { sha256: sum } }), sum);
    assert.equal(server.requests.length, 3);
  });

  test('is resumed from a process that was killed long ago, not from one that may be at work', async () => {
    const orphan = join(scratch, 'set', 'data.conll.part-killed');
    await mkdir(orphan, { recursive: true });
    await writeFile(join(orphan, 'validator'), '"v1"');
    await writeFile(join(orphan, 'data'), content.slice(0, 100));
    await get();
    assert.equal(server.requests[0]?.headers.range, undefined);
    await utimes(join(orphan, 'data'), new Date(0), new Date(0));
    await get();
    assert.equal(server.requests[1]?.headers.range, 'bytes=100-');
  });
});

describe('a file that is not as expected', () => {
  test('is not kept if its sum is wrong; both sums and the advice are told', async () => {
    const expected = sha256('something else');
    await assertFails(get({ file: { sha256: expected } }), new RegExp(`${sum}; expected ${expected}.*not kept. Ask its makers.`));
    assert.deepEqual(await left(), []);
    assert.equal(server.requests.length, 1);
  });

  test('is not asked for if its size is announced to be another, or too large', async () => {
    await assertFails(get({ file: { bytes: 7 } }), new RegExp(`has ${content.length} bytes; expected 7`));
    await assertFails(get({ mostBytes: 100 }), /expected at most 100/);
    assert.deepEqual(await left(), []);
  });

  test('is not kept if it turns out to be longer', async () => {
    const endless = (response: ServerResponse): void => void response.writeHead(200).end(content);
    server.stage(endless, endless);
    await assertFails(get({ mostBytes: 1000 }), /sent more than 1000 bytes/);
    await assertFails(get({ file: { bytes: 1000 } }), /sent more than 1000 bytes; expected 1000/);
    assert.deepEqual(await left(), []);
  });

  test('is not kept if it turns out to be shorter', async () => {
    server.stage((response) => response.writeHead(200).end(content));
    await assertFails(get({ file: { bytes: content.length + 1 } }), /has \d+ bytes; expected/);
    assert.deepEqual(await left(), []);
  });

  test('ends where it was announced to end, if more comes', async () => {
    // By hand, for an HTTP server would not send it.
    const liar = createServer((socket) => {
      socket.on('error', () => {}).once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n12345and much more'));
    });
    await new Promise<void>((resolve) => liar.listen(0, '127.0.0.1', resolve));
    const address = liar.address();
    assert(typeof address === 'object' && address !== null);
    const file = { url: `http://127.0.0.1:${address.port}/`, sha256: sha256('12345') };
    try {
      assert.equal(await get({ file }), file.sha256);
      assert.equal(await readFile(path, 'utf8'), '12345');
    } finally {
      await new Promise((resolve) => liar.close(resolve));
    }
  });
});

describe('a server that refuses', () => {
  for (const code of [400, 401, 403, 404, 410]) {
    test(`with ${code} is asked once`, async () => {
      server.stage(status(code));
      await assertFails(get(), new RegExp(`/data.conll answered ${code} .*Look elsewhere.`));
      assert.equal(server.requests.length, 1);
    });
  }

  for (const code of [408, 429, 500, 503]) {
    test(`with ${code} is asked again`, async () => {
      server.stage(status(code));
      assert.equal(await get(), sum);
    });
  }

  test('is asked again after the seconds that it asks for', async () => {
    server.stage(status(429, { 'retry-after': '1' }));
    await get();
    const [first, second] = server.requests;
    assert((second?.atMs ?? 0) - (first?.atMs ?? 0) >= 995);
  });

  test('is asked again at the time that it asks for', async () => {
    const waits: number[] = [];
    server.stage(status(503, { 'retry-after': new Date(Date.now() - 1000).toUTCString() }));
    await get({ onRetry: (_, waitMs) => waits.push(waitMs) });
    assert.deepEqual(waits, [0]);
  });

  test('is not waited for as long as it likes', async () => {
    server.stage(status(429, { 'retry-after': '3600' }));
    await assertFails(get(), /asks to wait 3600 s. It answered 429/);
  });

  test('that is not there is said to be so', async () => {
    const url = server.url;
    await server[Symbol.asyncDispose]();
    await assertFails(get({ file: { url } }), /in 3 attempts. It failed: .*ECONNREFUSED/);
  });

  test('that says nothing is given up', async () => {
    server.stage(
      () => {},
      (response) => void response.writeHead(200).write('x'),
    );
    const retries: string[] = [];
    const patience = { attempts: 3, backoffMs: 1, longestWaitMs: 1, silenceMs: 1000 };
    assert.equal(await get({ patience, onRetry: (reason) => retries.push(reason) }), sum);
    assert.deepEqual(retries, ['failed: no byte for 1 s', 'failed: no byte for 1 s']);
  });
});

describe('a redirect', () => {
  test('is followed, relative ones too, with the range', async () => {
    server.stage(cutAfter(content, 20_000), status(302, { location: '/elsewhere' }), status(301, { location: `${server.url}/data.conll` }));
    assert.equal(await get(), sum);
    assert.deepEqual(
      server.requests.map((request) => request.path),
      ['/data.conll', '/data.conll', '/elsewhere', '/data.conll'],
    );
    assert.equal(server.requests.at(-1)?.headers.range, 'bytes=20000-');
  });

  const cases: Record<string, readonly [location: string, message: RegExp]> = {
    'to itself is followed five times': ['/data.conll', /more than 5 times/],
    'to a file of this machine is refused': ['file:///etc/passwd', /neither http nor https/],
    'to nonsense is refused': ['http://[', /is no address/],
  };
  for (const [name, [location, message]] of Object.entries(cases)) {
    test(name, async () => {
      server.stage(...Array.from({ length: 6 }, () => status(302, { location })));
      await assertFails(get(), message);
    });
  }

  test('without a destination is an answer like others', async () => {
    server.stage(status(302));
    await assertFails(get(), /answered 302/);
  });
});

describe('an abort', () => {
  test('ends a slow download with its reason and keeps what came', async () => {
    const abort = new AbortController();
    server.stage((response) => {
      response.writeHead(200, { 'content-length': content.length, etag: '"slow"' });
      response.write(content.slice(0, 500));
    });
    const reason = new Error('enough');
    await assert.rejects(get({ signal: abort.signal, onProgress: () => abort.abort(reason) }), reason);
    assert.deepEqual(await left(), ['data.conll.part']);
  });

  test('ends a wait', async () => {
    const abort = new AbortController();
    server.stage(status(429, { 'retry-after': '2' }));
    const reason = new Error('enough');
    await assert.rejects(get({ signal: abort.signal, onRetry: () => abort.abort(reason) }), reason);
  });

  test('before the start asks for nothing', async () => {
    const reason = new Error('enough');
    await assert.rejects(get({ signal: AbortSignal.abort(reason) }), reason);
    assert.equal(server.requests.length, 0);
  });
});

describe('what cannot work is told at once', () => {
  for (const url of ['ftp://example.org/a', 'file:///etc/passwd', 'data.conll']) {
    test(url, () => assertFails(get({ file: { url } }), /expected an address of http or https/, 'usage'));
  }

  test('a directory that cannot be made', async () => {
    await writeFile(join(scratch, 'set'), 'a file');
    await assertFails(get(), /set cannot be written to: .*or choose another\./, 'usage');
  });

  test('a directory without the right to write', { skip: process.getuid?.() === 0 && 'root may write everywhere' }, async () => {
    await mkdir(join(scratch, 'set'), { mode: 0o500 });
    await assertFails(get(), /cannot be written to: EACCES/, 'usage');
    await chmod(join(scratch, 'set'), 0o700);
  });
});
