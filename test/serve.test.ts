import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { type RunningServer, startServer } from './server.fixture.ts';

const repository = dirname(import.meta.dirname);
const news = join(repository, 'examples', 'corpus', 'news', 'pool.jsonl');
const text = 'Mira Holm met Ole Brandt in Lund on Friday.';

async function end(server: ChildProcess): Promise<number | null> {
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  const [code] = await ended;
  return code;
}

describe('el4ner serve', () => {
  let scratch: string;
  let running: RunningServer;
  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'el4ner-serve-'));
    const corrections = join(scratch, 'corrections.jsonl');
    running = await startServer(['--models', 'nano:social,pool:tagger', '--pool', `news=${news}`, '--pool', corrections]);
  });
  after(async () => {
    running.process.kill('SIGKILL');
    await rm(scratch, { recursive: true });
  });

  async function ask(path: string, body?: unknown) {
    const init = body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(`${running.address}${path}`, init);
    return { status: response.status, body: JSON.parse(await response.text()) };
  }

  test('says which pools it has, also one whose file is not there yet', async () => {
    assert.match(running.said.join('\n'), /corrections\.jsonl is not there yet; it begins with the first sentence that is saved/);
    const { body } = await ask('/v1/pools');
    const told = body.pools.map(({ name, sentences, isWritable }: Record<string, unknown>) => [name, sentences, isWritable]);
    assert.deepEqual(told, [
      ['news', 15, true],
      ['corrections', 0, true],
    ]);
  });

  test('finds entities with a pool and without, and several requests at once get their own answers', async () => {
    const requests = ['news', undefined, 'corrections'].map((pool) => ask('/v1/extract', { documents: [{ id: `${pool}`, text }], pool }));
    for (const [at, { status, body }] of (await Promise.all(requests)).entries()) {
      assert.equal(status, 200, JSON.stringify(body));
      const [{ id, entities }] = body.documents;
      assert.equal(id, `${['news', undefined, 'corrections'][at]}`);
      assert.ok(entities.length > 0);
    }
  });

  test('what is saved to a pool is demonstrated the next time, and stays', async () => {
    const demonstrated = async () => {
      const { body } = await ask('/v1/extract', { documents: [{ text }], pool: 'corrections', types: ['person', 'city'], trace: true });
      const [{ trace }] = body.documents;
      return trace.windows[0].document.retrieval.demonstrations.map(({ sentence }: { sentence: { text: string } }) => sentence.text);
    };
    assert.deepEqual(await demonstrated(), []);
    const sentence = {
      text: 'Ole Brandt left Malmö.',
      entities: [
        { start: 0, end: 10, type: 'person' },
        { start: 16, end: 21, type: 'city' },
      ],
    };
    const saved = await ask('/v1/pools/corrections/sentences', sentence);
    assert.deepEqual([saved.status, saved.body.sentences], [201, 1]);
    assert.deepEqual(await demonstrated(), [sentence.text]);
    const [line = ''] = (await readFile(join(scratch, 'corrections.jsonl'), 'utf8')).trim().split('\n');
    assert.deepEqual(JSON.parse(line), { id: 'corrections:1', ...sentence });
  });

  test('types that the pool has no mention of are for the language models alone', async () => {
    const { status, body } = await ask('/v1/extract', { documents: [{ text }], pool: 'news', types: ['vehicle'], trace: true });
    assert.equal(status, 200, JSON.stringify(body));
    const calls: readonly { readonly modelId: string }[] = body.documents[0].trace.windows[0].document.calls;
    assert.deepEqual([...new Set(calls.map(({ modelId }) => modelId))], ['nano:social']);
  });

  test('models and pools that are not there, and other people’s files, are refused', async () => {
    const refused: Readonly<Record<string, readonly object[]>> = {
      '/models': [{ models: ['nano:bio'] }, { models: ['gguf:/etc/passwd'] }, { models: ['pool:tagger'] }],
      '/pool': [{ pool: 'letters' }],
      '/options/verifier': [{ options: { verifier: 'http://127.0.0.1:1/v1#x' } }],
      '/types/1': [{ types: ['Person', 'person'] }],
      '/models/1': [{ models: ['nano:social', 'nano:social'] }],
      '/options/decision': [{ options: { decision: 'calibrated' } }, { pool: 'news', options: { decision: 'calibrated' } }],
      '/options/combination': [{ options: { preset: 'fast', combination: 'rescue' } }],
      '/options/selection/coverSpans': [{ options: { retriever: 'bm25', selection: { coverSpans: true } } }],
    };
    for (const [pointer, all] of Object.entries(refused)) {
      for (const asked of all) {
        const { status, body } = await ask('/v1/extract', { documents: [{ text }], ...asked });
        assert.deepEqual([status, body.code, body.errors?.[0]?.pointer], [422, 'usage', pointer], JSON.stringify(body));
        assert.match(body.detail, /expected|twice|no pool came|has no calibration|Choose/);
        assert.ok(!body.detail.includes(repository) && !body.detail.includes('--'), body.detail);
      }
    }
  });

  test('a token that no request can show is refused', async () => {
    await assert.rejects(
      startServer(['--models', 'nano:social'], { EL4NER_TOKEN: 'sesam öffne!' }),
      /ended with 2: .*EL4NER_TOKEN cannot be shown/,
    );
  });

  test('a port that is taken is told, and ends with 2', async () => {
    const { port } = new URL(running.address);
    await assert.rejects(
      startServer(['--models', 'nano:social', '--port', port]),
      /ended with 2: .*Cannot listen at 127\.0\.0\.1, port \d+: .*EADDRINUSE/,
    );
  });

  test('a sentence that cannot be saved tells its keeper where, and the client not', async () => {
    const sentence = { text: 'Eve left Kiel.', entities: [{ start: 9, end: 13, type: 'City' }] };
    const refused = await ask('/v1/pools/corrections/sentences', sentence);
    assert.deepEqual([refused.status, refused.body.errors[0].pointer], [422, '/entities/0/type']);
    assert.match(refused.body.detail, /The pool calls this type "city"/);
    const corrections = join(scratch, 'corrections.jsonl');
    await rename(corrections, `${corrections}.kept`);
    await mkdir(corrections);
    const { status, body } = await ask('/v1/pools/corrections/sentences', { text: 'Eve left.', entities: [] });
    await rmdir(corrections);
    await rename(`${corrections}.kept`, corrections);
    assert.deepEqual([status, body.code], [507, 'unwritable-output']);
    assert.ok(!JSON.stringify(body).includes(scratch), body.detail);
    assert.match(running.said.join('\n'), /corrections\.jsonl cannot be written/);
  });

  test('told to end, finishes what is in work, and tells all others that it is not ready', async () => {
    const documents = Array.from({ length: 20 }, (_, at) => ({ text: `${text} It was number ${at}.` }));
    // What a pool takes to be prepared is work, too.
    const last = ask('/v1/extract', { documents, pool: [{ text: 'Eve left Kiel.', entities: [{ start: 9, end: 13, type: 'city' }] }] });
    await setTimeout(300);
    const ended = end(running.process);
    await setTimeout(100);
    assert.equal((await ask('/healthz')).status, 200);
    assert.deepEqual(await ask('/readyz'), { status: 503, body: { status: 'draining' } });
    const refused = await ask('/v1/extract', { documents });
    assert.deepEqual([refused.status, refused.body.code], [503, 'draining']);
    const { status, body } = await last;
    const answered = performance.now();
    assert.deepEqual([status, body.documents.length, await ended], [200, 20, 0]);
    assert.ok(performance.now() - answered < 3000, 'a connection that is idle was waited for');
  });
});
