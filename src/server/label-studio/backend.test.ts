import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { LabelledText } from '../../document/labelled.ts';
import { goldScript, scriptedModel } from '../../model/scripted.ts';
import { createRecognizer } from '../../pipeline/recognizer.ts';
import { type App, createApp } from '../app.ts';
import { ProblemError } from '../problem.ts';
import type { Asked, Service } from '../service.ts';

const text = '🎉 Ada met Bob.';
const answer = goldScript({
  [text]: [
    ['Ada', 'person'],
    ['Bob', 'person'],
  ],
});
const config = `<View><Labels name="label" toName="text"><Label value="Person" predicted_values="person" hint="A human being."/><Label value="city"/></Labels>
  <Text name="text" value="$text"/></View>`;
const limits = { body: 10_000, datasetBody: 10_000, documents: 3, requests: 2, seconds: 5 };

/** A sentence that the pool does not take. */
const refused = 'Eve left.';
const faults: unknown[] = [];
afterEach(() => void faults.splice(0));

async function serve(
  token?: string,
): Promise<App & { readonly asked: Asked[]; readonly saved: (readonly [string, readonly LabelledText[], (readonly string[])?])[] }> {
  const recognizer = await createRecognizer({ types: ['person', 'city'], models: [scriptedModel({ answer })], verifier: 'nobody' });
  const asked: Asked[] = [];
  const saved: (readonly [string, readonly LabelledText[], (readonly string[])?])[] = [];
  const poolOf = (sentences: number) => ({
    name: 'letters',
    sentences,
    revision: `r${sentences}`,
    types: [],
    isWritable: true,
    isCalibrated: false,
  });
  const service: Service = {
    models: [],
    pools: () => [poolOf(7 + saved.length)],
    async hold(request) {
      asked.push(request);
      return { recognizer, [Symbol.asyncDispose]: async () => undefined };
    },
    async addToPool(name, sentences, types) {
      if (sentences.some((sentence) => sentence.text === refused))
        throw new ProblemError(422, 'No.', { code: 'usage', errors: [{ pointer: '/entities/0/type', detail: 'No.' }] });
      saved.push([name, sentences, types ?? []]);
      return poolOf(7 + saved.length);
    },
  };
  const app = createApp(service, { version: '1.2.3', workers: 1, limits, token, onFault: (error) => faults.push(error) });
  return { ...app, asked, saved };
}

const json = { 'content-type': 'application/json' };

async function send(app: App, path: string, content?: unknown, headers: Record<string, string> = json) {
  const init = content === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(content) };
  const response = await app.fetch(new Request(`http://127.0.0.1:1/label-studio${path}`, init));
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
}

/** As Label Studio asks, with what we do not need. */
const predicting = (...texts: readonly string[]) => ({
  tasks: texts.map((one, id) => ({ id, data: { text: one }, annotations: [], predictions: [], meta: {} })),
  model_version: null,
  project: '3.1700000000',
  label_config: config,
  params: { login: null, password: null, context: null },
});

const annotating = (action: string, more: object = {}) => ({
  action,
  project: { id: 3, title: 'Letters', label_config: config },
  task: { id: 1, data: { text }, project: 3 },
  annotation: {
    id: 9,
    was_cancelled: false,
    result: [
      { id: 'a', from_name: 'label', to_name: 'text', type: 'labels', value: { start: 11, end: 14, text: 'Bob', labels: ['Person'] } },
      { id: 'b', from_name: 'label', to_name: 'text', type: 'labels', value: { start: 3, end: 6, text: 'Ada', labels: ['Person'] } },
      { from_name: 'c', to_name: 'text', type: 'choices', value: { choices: ['yes'] } },
    ],
    ...more,
  },
});

test('it is healthy, and takes an interface that it understands', async () => {
  const app = await serve();
  for (const path of ['', '/health', '/letters/health']) assert.equal((await send(app, path)).body.status, 'UP');
  const setup = { project: '3.1700000000', schema: config, hostname: 'http://localhost:8080', access_token: 'secret' };
  assert.deepEqual((await send(app, '/setup', setup)).body, { model_version: 'el4ner-1.2.3' });
  assert.deepEqual((await send(app, '/letters/setup', setup)).body, { model_version: 'el4ner-1.2.3-letters-r7' });
  const refused = await send(app, '/setup', { ...setup, schema: '<View/>' });
  assert.equal(refused.status, 422);
  assert.match(refused.body.detail, /expected <Labels/);
});

test('predictions have labels of the interface, scores, and offsets as a browser counts', async () => {
  const app = await serve();
  const { status, body } = await send(app, '/letters/predict', predicting(text));
  assert.equal(status, 200);
  const [prediction] = body.results;
  assert.deepEqual(prediction.result[0], {
    id: 'm1',
    from_name: 'label',
    to_name: 'text',
    type: 'labels',
    value: { start: 3, end: 6, text: 'Ada', labels: ['Person'] },
    score: prediction.result[0].score,
  });
  assert.equal(prediction.result.length, 2);
  assert.ok(prediction.score > 0 && prediction.score <= 1);
  assert.equal(prediction.model_version, 'el4ner-1.2.3-letters-r7');
  const [asked] = app.asked;
  assert.deepEqual(asked?.types, [{ name: 'person', definition: 'A human being.' }, { name: 'city' }]);
  assert.equal(asked?.pool, 'letters');
});

test('a task that fails has no region, and is told in the log; where all fail, the request does', async () => {
  const app = await serve();
  const { body } = await send(app, '/predict', predicting('Unknown.', text));
  assert.deepEqual(
    body.results.map(({ result }: { result: unknown[] }) => result.length),
    [0, 2],
  );
  assert.equal(faults.length, 1);
  const { status, body: problem } = await send(app, '/predict', predicting('Unknown.'));
  assert.deepEqual([status, problem.code], [502, 'no-quorum']);
});

test('a task without its text is one that failed', async () => {
  const app = await serve();
  const request = predicting(text);
  const { status, body } = await send(app, '/letters/predict', { ...request, tasks: [{ data: { body: text } }, ...request.tasks] });
  assert.equal(status, 200);
  assert.deepEqual(
    body.results.map(({ result, score }: { result: unknown[]; score: number }) => [result.length, score > 0]),
    [
      [0, false],
      [2, true],
    ],
  );
  assert.match(faults.join('; '), /^NerError: A task has no text at data\.text[^;]*$/);
});

test('an annotation goes to the pool, and makes another version', async () => {
  const app = await serve();
  const { status } = await send(app, '/letters/webhook', annotating('ANNOTATION_CREATED'));
  assert.equal(status, 201);
  const entities = [
    { start: 3, end: 6, type: 'person' },
    { start: 11, end: 14, type: 'person' },
  ];
  assert.deepEqual(app.saved, [['letters', [{ text, entities }], ['person', 'city']]]);
  const { body } = await send(app, '/letters/setup', { schema: config });
  assert.equal(body.model_version, 'el4ner-1.2.3-letters-r8');
});

test('an annotation of a text goes to the pool by its sentences', async () => {
  const app = await serve();
  const long = `${text} It rained. Bob left.`;
  const region = { type: 'labels', value: { start: 27, end: 30, labels: ['Person'] } };
  await send(app, '/letters/webhook', { ...annotating('ANNOTATION_CREATED', { result: [region] }), task: { data: { text: long } } });
  const sentences = [
    { text, entities: [] },
    { text: 'It rained.', entities: [] },
    { text: 'Bob left.', entities: [{ start: 0, end: 3, type: 'person' }] },
  ];
  assert.deepEqual(app.saved[0]?.[1], sentences);
});

test('what is no new annotation, or has no pool, changes nothing', async () => {
  const app = await serve();
  const events = [
    send(app, '/letters/webhook', annotating('ANNOTATION_UPDATED')),
    send(app, '/letters/webhook', annotating('ANNOTATION_CREATED', { was_cancelled: true })),
    send(app, '/letters/webhook', { action: 'START_TRAINING', project: { id: 3, label_config: config } }),
    send(app, '/webhook', annotating('ANNOTATION_CREATED')),
  ];
  for (const { status, body } of await Promise.all(events)) assert.deepEqual([status, body.status], [200, 'nothing to be done']);
  assert.deepEqual(app.saved, []);
});

test('a pool that is not there is told from the first request on', async () => {
  const app = await serve();
  for (const [path, content] of [
    ['/none', undefined],
    ['/none/health', undefined],
    ['/none/setup', { schema: config }],
    ['/none/predict', predicting(text)],
    ['/none/webhook', annotating('ANNOTATION_CREATED')],
  ] as const) {
    const { status, body } = await send(app, path, content);
    assert.deepEqual([status, body.code], [404, 'not-found'], path);
    assert.match(body.detail, /There is no pool none; expected letters/);
  }
  assert.deepEqual([app.asked, app.saved], [[], []]);
});

test('what is wrong with an annotation is pointed to where the webhook has it', async () => {
  const app = await serve();
  const region = (start: number, end: number, labels: unknown) => ({ result: [{ type: 'labels', value: { start, end, labels } }] });
  const person = annotating('ANNOTATION_CREATED', region(0, 3, ['Person']));
  for (const [content, pointer] of [
    [annotating('ANNOTATION_CREATED', region(3, 99, ['city'])), '/annotation/result'],
    [annotating('ANNOTATION_CREATED', { result: 5 }), '/annotation/result'],
    [{ ...person, task: { data: { body: text } } }, '/task/data/text'],
    [{ ...person, task: { data: { text: refused } } }, '/annotation/result'],
  ] as const) {
    const { body } = await send(app, '/letters/webhook', content);
    assert.equal(body.errors?.[0].pointer, pointer, JSON.stringify(body));
  }
});

const faulty: Readonly<Record<string, readonly [path: string, body: unknown, status: number, headers?: Record<string, string>]>> = {
  'a task without its text': ['/predict', { ...predicting(), tasks: [{ data: { body: text } }] }, 422],
  'no task': ['/predict', predicting(), 400],
  'too many tasks': ['/predict', predicting('a', 'b', 'c', 'd'), 413],
  'another content than JSON': ['/letters/webhook', annotating('ANNOTATION_CREATED'), 415, { 'content-type': 'text/plain' }],
  'an annotation outside the text': [
    '/letters/webhook',
    annotating('ANNOTATION_CREATED', { result: [{ type: 'labels', value: { start: 3, end: 99, labels: ['city'] } }] }),
    400,
  ],
};
for (const [name, [path, body, expected, headers]] of Object.entries(faulty)) {
  test(`${name} is refused with ${expected}`, async () => {
    const app = await serve();
    const { status, body: problem } = await send(app, path, body, headers);
    assert.deepEqual([status, problem.status], [expected, expected]);
    assert.deepEqual(app.saved, []);
  });
}

test('with a token, Label Studio must show it as its password', async () => {
  const app = await serve('open-sesame');
  const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  for (const authorization of [undefined, basic('open-sesame', ''), basic('me', 'open-sesam'), 'Basic ???', 'Digest open-sesame']) {
    const { status, headers } = await send(app, '/health', undefined, authorization === undefined ? {} : { authorization });
    assert.equal(status, 401);
    assert.match(headers.get('www-authenticate') ?? '', /^Basic/);
  }
  for (const authorization of [basic('me', 'open-sesame'), basic('', 'open-sesame'), 'Bearer open-sesame'])
    assert.equal((await send(app, '/health', undefined, { authorization })).status, 200);
  assert.equal((await send(app, '/letters/webhook', annotating('ANNOTATION_CREATED'))).status, 401);
});
