import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { NerError } from '../../error.ts';
import { defineModel } from '../../model/define.ts';
import { remembering } from '../../model/remember.ts';
import { goldScript, type Script, scriptedModel } from '../../model/scripted.ts';
import type { RecognizerOptions } from '../options.ts';
import { createRecognizer } from '../recognizer.ts';
import { type Point, recorded, tree } from './recorded.fixture.ts';

const text = 'Ada met Bob in Paris.';
const others = ['Eve left.', 'Zoe stayed.', 'Ira came.'];
const gold = goldScript({
  [text]: [
    ['Ada', 'person'],
    ['Bob', 'person'],
    ['Paris', 'place'],
  ],
  'Eve left.': [['Eve', 'person']],
  'Zoe stayed.': [['Zoe', 'person']],
  'Ira came.': [['Ira', 'person']],
  'Max sang.': [['Max', 'person']],
});
const types = [{ name: 'person', definition: 'somebody alive' }, 'place'] as const;
const pool = [{ text: 'Max sang.', entities: [{ start: 0, end: 3, type: 'person' }] }];
const member = (id: string, answer: Script = gold) => scriptedModel({ id, answer });
const down: Script = () => {
  throw new NerError('down while reading Ada', { code: 'model-failed', modelId: 'c', status: 503 });
};
const three = () => [member('a'), member('b'), member('c')];

function recognize(options: Partial<RecognizerOptions>, ...inputs: readonly string[]) {
  return recorded(async () => {
    await using recognizer = await createRecognizer({ types, models: three(), ...options });
    for await (const _ of recognizer.recognizeAll(inputs, { workers: 3 })) {
      // Only what is recorded counts.
    }
  });
}

const calls = (spans: readonly ReadableSpan[]) => spans.filter(({ name }) => /^(?:chat|ask) /.test(name));
const named = (spans: readonly ReadableSpan[], name: string) => spans.filter((span) => span.name === name);
const sum = (points: readonly Point[], metric: string, attributes: Readonly<Record<string, unknown>> = {}) =>
  points
    .filter((point) => point.metric === metric && Object.entries(attributes).every(([key, value]) => point.attributes[key] === value))
    .reduce((total, { value }) => total + (typeof value === 'number' ? value : (value.sum ?? 0)), 0);
const samples = (points: readonly Point[], metric: string, attributes: Readonly<Record<string, unknown>> = {}) =>
  points
    .filter((point) => point.metric === metric && Object.entries(attributes).every(([key, value]) => point.attributes[key] === value))
    .reduce((total, { value }) => total + (typeof value === 'number' ? 0 : value.count), 0);

describe('spans', () => {
  const asked = 'chat a, chat b, chat c';

  test('stand under their document, stage by stage', async () => {
    const { spans } = await recognize({ pool, candidateSpans: 'models' }, text);
    const document = `recognize [retrieve [${asked}], extract [${asked}], classify [${asked}], verify [${asked}]]`;
    assert.equal(tree(spans), `prepare [${asked}], ${document}`);
  });

  test('stand under their own document where several are in work, and under what was active when texts were given', async () => {
    const { spans } = await recorded(async () => {
      await using recognizer = await createRecognizer({ types, models: three(), passes: 'joint', verifier: 'nobody' });
      const results = trace.getTracer('of the user').startActiveSpan('upload', (span) => {
        span.end();
        return recognizer.recognizeAll(others, { workers: 3 });
      });
      for await (const _ of results) {
        // Only what is recorded counts.
      }
    });
    const document = `recognize [retrieve, joint [${asked}]]`;
    assert.equal(tree(spans), `upload [${document}, ${document}, ${document}]`);
  });

  test('tell what a model was asked, and what it took', async () => {
    const origin = { provider: 'openai', model: 'gpt-5-mini', server: { address: 'api.openai.com', port: 443 } };
    const { spans } = await recognize({ models: [{ ...member('openai:gpt-5-mini'), origin }], verifier: 'nobody' }, 'Eve left.');
    const [extract] = calls(spans);
    assert.equal(extract?.name, 'chat gpt-5-mini');
    assert.equal(extract.kind, SpanKind.CLIENT);
    const { 'gen_ai.usage.input_tokens': input, ...attributes } = extract.attributes;
    assert(Number(input) > 10);
    assert.deepEqual(attributes, {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-5-mini',
      'server.address': 'api.openai.com',
      'server.port': 443,
      'el4ner.stage.name': 'extract',
      'el4ner.model.id': 'openai:gpt-5-mini',
      'el4ner.model.dialect': 'scripted@1',
      'el4ner.call.outcome': 'answered',
      'el4ner.call.prompts': 1,
      'el4ner.call.cut_off': false,
      'el4ner.call.dropped_demonstrations': 0,
      'el4ner.call.cached': false,
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.cache_read.input_tokens': 0,
      'gen_ai.usage.output_tokens': 2,
    });
  });

  test('tell what became of a document and in its stages', async () => {
    const doubting: Script = (task) => (task.kind === 'verify' ? task.claims.map(({ type }) => ({ yes: type === 'person' })) : gold(task));
    const { spans } = await recognize({ models: [member('a', doubting)], pool }, text);
    const of = (name: string) => named(spans, name)[0]?.attributes;
    assert.deepEqual(of('recognize'), {
      'el4ner.document.id': '1',
      'el4ner.document.length': text.length,
      'el4ner.document.status': 'recognized',
      'el4ner.document.windows': 1,
      'el4ner.document.entities': 2,
    });
    const stage = (name: string, mentions: number, rejected: number) => ({
      'el4ner.stage.name': name,
      'el4ner.stage.demonstrations': 1,
      'el4ner.stage.mentions': mentions,
      'el4ner.stage.rejected': rejected,
    });
    assert.deepEqual(of('classify'), stage('classify', 3, 0));
    assert.deepEqual(of('verify'), stage('verify', 2, 1));
  });

  test('of a member that is no language model are internal and have nothing of GenAI', async () => {
    const tagger = defineModel({
      id: 'pool:tagger',
      extract: () => ['Ada'],
      classify: ({ mentions }) => mentions.map(() => ({ type: 'person' })),
      verify: ({ claims }) => claims.map(() => ({ yes: true })),
    });
    const { spans, points } = await recognize({ models: [member('a'), { ...tagger, kind: 'tagger' }] }, text);
    const [asked] = named(spans, 'ask pool:tagger');
    assert.equal(asked?.kind, SpanKind.INTERNAL);
    assert.doesNotMatch(Object.keys(asked.attributes).join(), /gen_ai/);
    assert.equal(samples(points, 'gen_ai.client.operation.duration'), 3);
  });
});

describe('failures', () => {
  test('a failed member fails its call and degrades the document', async () => {
    const { spans, points } = await recognize({ models: [member('a'), member('b'), member('c', down)] }, text);
    const failed = named(spans, 'chat c');
    for (const { status, attributes, events } of failed) {
      assert.deepEqual(status, { code: SpanStatusCode.ERROR });
      assert.deepEqual([attributes['error.type'], attributes['el4ner.call.outcome'], events.length], ['503', 'failed', 0]);
    }
    assert.equal(failed.length, 3);
    assert(spans.every(({ name, status }) => name === 'chat c' || status.code === SpanStatusCode.UNSET));
    assert.equal(named(spans, 'recognize')[0]?.attributes['el4ner.document.status'], 'degraded');
    assert.equal(sum(points, 'el4ner.documents', { 'el4ner.document.status': 'degraded' }), 1);
    assert.equal(samples(points, 'gen_ai.client.operation.duration', { 'gen_ai.request.model': 'c', 'error.type': '503' }), 3);
    assert.equal(samples(points, 'gen_ai.client.token.usage', { 'gen_ai.request.model': 'c' }), 0);
  });

  test('a failed document fails with its stage', async () => {
    const { spans, points } = await recognize({ models: [member('c', down)] }, text);
    for (const name of ['recognize', 'extract']) {
      const [span] = named(spans, name);
      assert.deepEqual([span?.status, span?.attributes['error.type']], [{ code: SpanStatusCode.ERROR }, 'no-quorum']);
    }
    assert.equal(sum(points, 'el4ner.documents', { 'el4ner.document.status': 'failed', 'error.type': 'no-quorum' }), 1);
  });

  test('an aborted document and all that is in work about it end as aborted', async () => {
    const abortion = new AbortController();
    const waiting: Script = () => {
      abortion.abort(new Error('enough of Ada'));
      return new Promise(() => undefined);
    };
    const { spans, points } = await recorded(async () => {
      await using recognizer = await createRecognizer({ types, models: [member('a', waiting), member('b')] });
      await assert.rejects(recognizer.recognize(text, { signal: abortion.signal }), /enough/);
    });
    for (const name of ['recognize', 'extract', 'chat a']) assert.equal(named(spans, name)[0]?.attributes['error.type'], 'aborted');
    assert.equal(sum(points, 'el4ner.documents', { 'el4ner.document.status': 'aborted' }), 1);
  });
});

describe('metrics', () => {
  test('sum tokens, calls, documents, entities and rejected mentions', async () => {
    const noPlace: Script = (task) =>
      task.kind === 'classify' ? task.mentions.map(({ start }) => ({ type: start < 15 ? 'person' : 'none' })) : gold(task);
    const { spans, points } = await recognize({ models: [member('a', noPlace)] }, text, ...others);
    const total = (key: string) => calls(spans).reduce((all, { attributes }) => all + Number(attributes[key]), 0);
    assert.equal(sum(points, 'gen_ai.client.token.usage', { 'gen_ai.token.type': 'input' }), total('gen_ai.usage.input_tokens'));
    assert.equal(sum(points, 'gen_ai.client.token.usage', { 'gen_ai.token.type': 'output' }), total('gen_ai.usage.output_tokens'));
    assert.equal(samples(points, 'gen_ai.client.operation.duration'), 12);
    assert.equal(sum(points, 'el4ner.documents', { 'el4ner.document.status': 'recognized' }), 4);
    assert.equal(sum(points, 'el4ner.entities', { 'el4ner.entity.type': 'person' }), 5);
    assert.equal(sum(points, 'el4ner.mentions.rejected', { 'el4ner.stage.name': 'classify' }), 1);
  });

  test('have the buckets of the conventions', async () => {
    const { points } = await recognize({ models: [member('a')] }, text);
    const bounds = (metric: string) =>
      points.flatMap((point) => (point.metric === metric && typeof point.value === 'object' ? [point.value.buckets.boundaries] : []))[0];
    assert.deepEqual(
      bounds('gen_ai.client.token.usage'),
      [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864],
    );
    assert.deepEqual(
      bounds('gen_ai.client.operation.duration'),
      [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
    );
  });

  test('do not count answers that were kept, whose spans say so', async () => {
    const models = [remembering(member('a'))];
    const first = await recognize({ models }, text);
    const again = await recognize({ models }, text);
    assert.equal(samples(first.points, 'gen_ai.client.operation.duration'), 3);
    assert.equal(samples(again.points, 'gen_ai.client.operation.duration'), 0);
    assert.equal(samples(again.points, 'gen_ai.client.token.usage'), 0);
    assert.equal(calls(again.spans).length, 3);
    for (const { attributes } of calls(again.spans)) {
      assert.equal(attributes['el4ner.call.cached'], true);
      assert.equal(attributes['gen_ai.usage.input_tokens'], undefined);
    }
  });
});

describe('content', () => {
  const secrets = [text, 'Ada', 'Bob', 'Paris', 'Max', 'sang', 'somebody alive', 'down while', 'Atlantis'];
  const inventing: Script = (task) => (task.kind === 'extract' ? ['Atlantis', 'Ada'] : gold(task));
  const models = () => [member('a'), member('b', inventing), member('c', down)];
  const told = ({ spans, points }: Awaited<ReturnType<typeof recorded>>) =>
    JSON.stringify([spans.map(({ name, attributes, status, events }) => ({ name, attributes, status, events })), points]);

  test('is not recorded by default', async () => {
    const all = told(await recognize({ models: models(), pool, candidateSpans: 'models' }, text));
    assert.deepEqual(
      secrets.filter((secret) => all.includes(secret)),
      [],
    );
  });

  test('is not recorded of a document that fails', async () => {
    const all = told(await recognize({ models: models(), quorum: 3 }, text));
    assert.match(all, /no-quorum/);
    assert.deepEqual(
      secrets.filter((secret) => all.includes(secret)),
      [],
    );
  });

  test('is recorded on request', async () => {
    const { spans, points } = await recognize({ models: models(), pool, recordContent: true }, text);
    assert.deepEqual(
      secrets.filter((secret) => !told({ spans, points }).includes(secret)),
      [],
    );
    assert.equal(named(spans, 'recognize')[0]?.attributes['el4ner.document.text'], text);
    assert.equal(named(spans, 'chat c')[0]?.status.message, 'down while reading Ada');
    const [extract] = named(spans, 'chat b').filter(({ attributes }) => attributes['el4ner.stage.name'] === 'extract');
    assert.deepEqual(JSON.parse(String(extract?.attributes['gen_ai.output.messages'])), [
      { role: 'assistant', parts: [{ type: 'text', content: '["Atlantis","Ada"]' }], finish_reason: 'stop' },
    ]);
    const [input] = JSON.parse(String(extract?.attributes['gen_ai.input.messages']));
    assert.deepEqual([input.role, input.parts[0].type, input.parts[0].content.includes(text)], ['user', 'text', true]);
  });
});

test('docs/telemetry.md names what is recorded, and nothing else', async () => {
  const origin = { provider: 'ollama', model: 'q', server: { address: '::1', port: 11434 } };
  const noPlace: Script = (task) => (task.kind === 'classify' ? task.mentions.map(() => ({ type: 'none' })) : gold(task));
  const runs = [
    await recognize({ models: [{ ...member('a'), origin }, member('c', down)], pool, recordContent: true }, text),
    await recognize({ models: [member('a', noPlace)] }, text),
    await recognize({ models: [member('a')], passes: 'joint' }, text),
  ];
  const names = runs.flatMap(({ spans, points }) => [
    ...spans.flatMap(({ name, attributes }) => [...(name.startsWith('chat ') ? [] : [name]), ...Object.keys(attributes)]),
    ...points.flatMap(({ metric, attributes }) => [metric, ...Object.keys(attributes)]),
  ]);
  const page = await readFile(join(import.meta.dirname, '..', '..', '..', 'docs', 'telemetry.md'), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('|'));
  const stages = ['recognize', 'prepare', 'retrieve', 'extract', 'classify', 'verify', 'joint'];
  const attribute = /`((?:gen_ai|el4ner|server|error)\.[\w.]+)`/g;
  const documented = rows.flatMap((row) => Array.from(row.matchAll(attribute), ([, name]) => name ?? ''));
  assert.deepEqual([...new Set([...documented, ...stages])].sort(), [...new Set(names)].sort());
  for (const stage of stages) assert(page.includes(`\`${stage}\``), stage);
});
