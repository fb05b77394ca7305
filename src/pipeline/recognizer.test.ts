import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { NerError } from '../error.ts';
import { goldScript, type Script, scriptedModel } from '../model/scripted.ts';
import type { RecognizerOptions } from './options.ts';
import { createRecognizer } from './recognizer.ts';

const text = 'Ada met Bob in Paris; Paris was cold.';
const gold = goldScript({
  [text]: [
    ['Ada', 'person'],
    ['Bob', 'person'],
    ['Paris', 'place'],
  ],
  'Eve left.': [['Eve', 'person']],
  '': [],
});
const types = ['person', 'place'] as const;
const down =
  (id: string): Script =>
  () => {
    throw new NerError(`${id} is down`, { code: 'model-unavailable', modelId: id });
  };

/** A script that answers like `gold` but for the given kinds of tasks. */
const but =
  (changes: Partial<Record<'extract' | 'classify' | 'verify', Script>>): Script =>
  (task, signal) =>
    (task.kind === 'joint' ? undefined : changes[task.kind])?.(task, signal) ?? gold(task);

const member = (id: string, answer: Script = gold) => scriptedModel({ id, answer });

async function entitiesOf(options: Partial<RecognizerOptions<'person' | 'place'>> & Pick<RecognizerOptions, 'models'>, input = text) {
  await using recognizer = await createRecognizer({ types, ...options });
  const recognition = await recognizer.recognize(input);
  return { ...recognition, found: recognition.entities.map((entity) => `${entity.text}@${entity.start} ${entity.type}`) };
}

const allRight = ['Ada@0 person', 'Bob@8 person', 'Paris@15 place', 'Paris@22 place'];

test('members that agree give every occurrence, with full scores and offsets into the text', async () => {
  const { found, entities, degraded } = await entitiesOf({ models: [member('a'), member('b'), member('c')] });
  assert.deepEqual(found, allRight);
  assert.deepEqual(degraded, []);
  for (const entity of entities) {
    assert.equal(text.slice(entity.start, entity.end), entity.text);
    assert.equal(entity.score, 1);
  }
});

test('a span that one member alone proposes is in the union, out of majority and intersection', async () => {
  const models = [member('a'), member('b', but({ extract: () => ['Ada'] })), member('c', but({ extract: () => ['Ada', 'Paris'] }))];
  assert.deepEqual((await entitiesOf({ models })).found, allRight);
  assert.deepEqual((await entitiesOf({ models, combination: 'majority' })).found, ['Ada@0 person', 'Paris@15 place', 'Paris@22 place']);
  assert.deepEqual((await entitiesOf({ models, combination: 'intersection' })).found, ['Ada@0 person']);
});

test('the majority types; two votes for none take a mention out, and the trace keeps it with its ballot', async () => {
  const nothing = but({ classify: (task) => (task.kind === 'classify' ? task.mentions.map(() => ({ type: 'none' })) : []) });
  const { found, trace } = await entitiesOf({ models: [member('a'), member('b', nothing), member('c', nothing)] });
  assert.deepEqual(found, []);
  const [first] = trace[0]?.document.mentions ?? [];
  assert.ok(first?.status === 'rejected' && first.stage === 'classify');
  assert.match(first.reason, /2 of 3 votes/);
  assert.deepEqual(
    first.votes.map(({ modelId, choice }) => `${modelId}:${choice}`),
    ['a:person', 'b:none', 'c:none'],
  );
});

test('where none may not win, it counts as an abstention', async () => {
  const nothing = but({ classify: (task) => (task.kind === 'classify' ? task.mentions.map(() => ({ type: 'none' })) : []) });
  const models = [member('a'), member('b', nothing), member('c', nothing)];
  assert.deepEqual((await entitiesOf({ models, noneVotes: false })).found, allRight);
});

test('weights break a tie', async () => {
  const person = but({ classify: (task) => (task.kind === 'classify' ? task.mentions.map(() => ({ type: 'person' })) : []) });
  const models = [member('a', person), member('b')];
  const verifier = 'nobody';
  assert.ok((await entitiesOf({ models, verifier })).found.includes('Paris@15 person'));
  assert.ok((await entitiesOf({ models, verifier, weights: [1, 2] })).found.includes('Paris@15 place'));
});

test('what the verifier denies is dropped, and the trace says by whom', async () => {
  const { found, trace } = await entitiesOf({
    models: [member('a')],
    verifier: member('strict', () => [{ yes: false }, { yes: true }, { yes: true, probability: 0.3 }, { yes: false, probability: 0.6 }]),
  });
  assert.deepEqual(found, ['Bob@8 person', 'Paris@22 place']);
  const rejected = trace[0]?.document.mentions.filter((mention) => mention.status === 'rejected') ?? [];
  assert.deepEqual(
    rejected.map(({ stage, verdicts }) => [stage, verdicts[0]?.modelId]),
    [
      ['verify', 'strict'],
      ['verify', 'strict'],
    ],
  );
});

test('a claim without a valid verdict passes: only a denial removes', async () => {
  const { found } = await entitiesOf({ models: [member('a')], verifier: member('mute', () => ({ fault: 'refusal', reply: 'I cannot.' })) });
  assert.deepEqual(found, allRight);
});

test('the threshold decides on probabilities, and the word where there are none', async () => {
  const unsure = member('unsure', () => [{ yes: true, probability: 0.7 }, { yes: true }, { yes: false, probability: 0.3 }, { yes: false }]);
  const found = async (verifyThreshold: number) => (await entitiesOf({ models: [member('a')], verifier: unsure, verifyThreshold })).found;
  assert.deepEqual(await found(0.8), ['Bob@8 person']);
  assert.deepEqual(await found(0.2), ['Ada@0 person', 'Bob@8 person', 'Paris@15 place']);
});

test('an entity that scores too little is taken out, and the trace says why', async () => {
  const bob = but({ extract: () => ['Bob'] });
  const { found, trace } = await entitiesOf({
    models: [member('a'), member('b', bob), member('c', bob)],
    verifier: 'nobody',
    minScore: 0.7,
  });
  assert.deepEqual(found, ['Bob@8 person']);
  const reasons = trace.flatMap(({ document }) =>
    document.mentions.flatMap((mention) => (mention.status === 'rejected' ? [`${mention.stage}: ${mention.reason}`] : [])),
  );
  assert.deepEqual(reasons, new Array(3).fill('verify: Its score of 0.67 is below 0.7.'));
});

test('several verifiers vote', async () => {
  const no = but({ verify: (task) => (task.kind === 'verify' ? task.claims.map(() => ({ yes: false })) : []) });
  assert.deepEqual((await entitiesOf({ models: [member('a'), member('b', no), member('c', no)], verifier: 'all' })).found, []);
  assert.deepEqual((await entitiesOf({ models: [member('a'), member('b'), member('c', no)], verifier: 'all' })).found, allRight);
});

test('a denied mention can be re-typed from the runner-up of the vote', async () => {
  const person = but({ classify: (task) => (task.kind === 'classify' ? task.mentions.map(() => ({ type: 'person' })) : []) });
  const models = [member('a', person), member('b', person), member('c')];
  assert.deepEqual((await entitiesOf({ models, verifier: 'c' })).found, ['Ada@0 person', 'Bob@8 person']);
  assert.deepEqual((await entitiesOf({ models, verifier: 'c', onReject: 'retype' })).found, allRight);
});

test('the runner-up is found by the weights, too', async () => {
  const says = (type: string) => but({ classify: (task) => (task.kind === 'classify' ? task.mentions.map(() => ({ type })) : []) });
  const models = [member('a', says('person')), member('b', says('person')), member('c', says('place')), member('d', says('city'))];
  const verifier = member('v', (task) => (task.kind === 'verify' ? task.claims.map(({ type }) => ({ yes: type !== 'person' })) : []));
  await using recognizer = await createRecognizer({
    types: ['person', 'place', 'city'],
    models,
    weights: [1, 1, 1, 5],
    verifier,
    onReject: 'retype',
  });
  assert.deepEqual(new Set((await recognizer.recognize(text)).entities.map(({ type }) => type)), new Set(['city']));
});

test('a score is the mean of support, votes and the verdict, with their probabilities', async () => {
  const sure = but({
    classify: (task) => (task.kind === 'classify' ? task.mentions.map(() => ({ type: 'person', probability: 0.8 })) : []),
  });
  const silent = but({
    extract: () => [],
    classify: (task) => (task.kind === 'classify' ? task.mentions.map(() => ({ type: 'none', probability: 0.9 })) : []),
  });
  const models = [member('a', sure), member('b', sure), member('c', silent), member('d', down('d'))];
  const verifier = member('v', (task) => (task.kind === 'verify' ? task.claims.map(() => ({ yes: true, probability: 0.6 })) : []));
  const verified = (await entitiesOf({ models, verifier }, 'Eve left.')).entities[0]?.score ?? 0;
  assert.ok(Math.abs(verified - (2 / 3 + (0.8 + 0.8 + 0) / 3 + 0.6) / 3) < 1e-9);
  const unverified = (await entitiesOf({ models, verifier: 'nobody' }, 'Eve left.')).entities[0]?.score ?? 0;
  assert.ok(Math.abs(unverified - (2 / 3 + 1.6 / 3) / 2) < 1e-9);
});

test('an answer outside the inventory is no vote', async () => {
  const planet = but({ classify: (task) => (task.kind === 'classify' ? task.mentions.map(() => ({ type: 'planet' })) : []) });
  assert.deepEqual((await entitiesOf({ models: [member('a', planet)] })).found, []);
  assert.deepEqual((await entitiesOf({ models: [member('a', planet), member('b')], verifier: 'b' })).found, allRight);
  const joint: Script = (task) => (task.kind === 'joint' ? [{ text: 'Ada', type: 'planet' }] : gold(task));
  assert.deepEqual((await entitiesOf({ models: [member('a', joint)], passes: 'joint', verifier: 'nobody' })).found, []);
});

for (const failing of ['a', 'b', 'c']) {
  test(`a member that fails degrades the document and does not end it: ${failing} of a, b, c, of which a verifies`, async () => {
    const models = ['a', 'b', 'c'].map((id) => member(id, id === failing ? down(id) : gold));
    const { found, degraded } = await entitiesOf({ models });
    assert.deepEqual(found, allRight);
    assert.deepEqual([...new Set(degraded.map(({ modelId }) => modelId))], [failing]);
    assert.match(degraded[0]?.reason ?? '', new RegExp(`${failing} is down`));
  });
}

test('a quorum is asked of verifiers that vote', async () => {
  const noVerdict = (id: string) => member(id, but({ verify: down(id) }));
  await using recognizer = await createRecognizer({
    types,
    models: [member('a'), noVerdict('b'), noVerdict('c')],
    verifier: 'all',
    quorum: 2,
  });
  await assert.rejects(recognizer.recognize(text), /Only 1 of 3 models answered in the verify stage/);
});

test('a refusal in prose is an abstention, and a document that all refuse fails: it is not one without entities', async () => {
  const refusing = member('r', () => ({ fault: 'refusal', reply: 'I am sorry, but I cannot do that.' }));
  const { found, degraded } = await entitiesOf({ models: [refusing, member('a')] });
  assert.deepEqual(found, allRight);
  assert.match(degraded[0]?.reason ?? '', /refusal/);
  await assert.rejects(entitiesOf({ models: [refusing] }), /Only 0 of 1 models answered.*The reply of r is of no use: refusal/);
});

const unsound: { name: string; script: Partial<Record<'extract' | 'classify' | 'verify', Script>> }[] = [
  { name: 'mentions that are no strings', script: { extract: () => JSON.parse('[1, null, "Ada"]') } },
  { name: 'too few types', script: { classify: () => [] } },
  {
    name: 'a probability above 1',
    script: { classify: (task) => (task.kind === 'classify' ? task.mentions.map(() => ({ type: 'person', probability: 2 })) : []) },
  },
  {
    name: 'a probability that is no number',
    script: { verify: (task) => (task.kind === 'verify' ? task.claims.map(() => ({ yes: true, probability: Number.NaN })) : []) },
  },
];

for (const { name, script } of unsound) {
  test(`data that no task asked for is a malformed answer: ${name}`, async () => {
    const { found, degraded } = await entitiesOf({ models: [member('odd', but(script)), member('a')] });
    assert.deepEqual(found, allRight);
    assert.match(degraded[0]?.reason ?? '', /malformed/);
  });
}

test('a reply that was cut off is used and told', async () => {
  const cut = but({ extract: () => ({ data: ['Ada'], cutOff: true }) });
  const { found, degraded } = await entitiesOf({ models: [member('a', cut)] });
  assert.deepEqual(found, ['Ada@0 person']);
  assert.match(degraded[0]?.reason ?? '', /cut off/);
});

test('without a quorum the document fails with an error that names every reason', async () => {
  await using recognizer = await createRecognizer({
    types,
    models: [member('a'), member('b', down('b')), member('c', down('c'))],
    quorum: 2,
  });
  await assert.rejects(recognizer.recognize(text), (error) => {
    assert.ok(error instanceof NerError && error.detail.code === 'no-quorum');
    assert.match(error.message, /1 of 3 models answered in the extract stage; 2 must\. b is down c is down/);
    return true;
  });
});

test('a bug in a model is a failure of that member', async () => {
  const broken = member('broken', () => {
    throw new TypeError('undefined is not a function');
  });
  assert.deepEqual((await entitiesOf({ models: [member('a'), broken] })).degraded[0]?.modelId, 'broken');
});

test('strings that are not in the text are dropped and counted as hallucinations of their model', async () => {
  const dreamer = but({ extract: () => ['Ada', 'Napoleon'] });
  const { found, trace } = await entitiesOf({ models: [member('a', dreamer)] });
  assert.deepEqual(found, ['Ada@0 person']);
  assert.deepEqual(trace[0]?.document.hallucinations, [{ modelId: 'a', stage: 'extract', reply: 'Napoleon' }]);
});

test('flat results do not overlap, nested ones may', async () => {
  const nested = goldScript({
    'Bank of Paris grew.': [
      ['Bank of Paris', 'place'],
      ['Paris', 'place'],
    ],
  });
  const models = [member('a', nested)];
  assert.deepEqual((await entitiesOf({ models }, 'Bank of Paris grew.')).found, ['Bank of Paris@0 place']);
  assert.deepEqual((await entitiesOf({ models, overlaps: 'nested' }, 'Bank of Paris grew.')).found, [
    'Bank of Paris@0 place',
    'Paris@8 place',
  ]);
});

test('in a joint pass the members find and type at once, and those who propose a span vote on it', async () => {
  const wrong: Script = (task) =>
    task.kind === 'joint'
      ? [
          { text: 'Ada', type: 'place' },
          { text: 'Napoleon', type: 'person' },
        ]
      : gold(task);
  const models = [member('a'), member('b', wrong), member('c')];
  const { found, calls, trace } = await entitiesOf({ models, passes: 'joint', verifier: 'nobody' });
  assert.deepEqual(found, allRight);
  assert.equal(calls, 3);
  assert.deepEqual(trace[0]?.document.hallucinations, [{ modelId: 'b', stage: 'joint', reply: 'Napoleon' }]);
  assert.deepEqual((await entitiesOf({ models: [member('b', wrong)], passes: 'joint', verifier: 'nobody' })).found, ['Ada@0 place']);
});

test('a long text is cut between sentences, and offsets count from its beginning', async () => {
  const sentences = ['Ada met Bob.', 'Paris was cold.', 'Eve left Rome.'];
  const long = sentences.join(' ');
  const script: Script = (task) => {
    const names = { Ada: 'person', Bob: 'person', Eve: 'person', Paris: 'place', Rome: 'place' };
    return goldScript({ [task.text]: Object.entries(names).filter(([name]) => task.text.includes(name)) })(task);
  };
  const { found, trace } = await entitiesOf({ models: [member('a', script)], textLimit: 20 }, long);
  assert.deepEqual(found, ['Ada@0 person', 'Bob@8 person', 'Paris@13 place', 'Eve@29 person', 'Rome@38 place']);
  assert.equal(trace.length, 3);
});

test('a window that does not fit a model’s context is cut once more', async () => {
  const narrow: Script = (task, signal) => {
    if (task.text.length > 40) {
      const detail = { code: 'context-overflow', modelId: 'a', promptTokens: 99, contextTokens: 40 } as const;
      throw new NerError('It does not fit.', detail);
    }
    return goldScript({ [task.text]: task.text.includes('Eve') ? [['Eve', 'person']] : [] })(task) ?? signal;
  };
  const long = `${'It rained a lot. '.repeat(5)}Eve left.`;
  const { found } = await entitiesOf({ models: [member('a', narrow)] }, long);
  assert.deepEqual(found, [`Eve@${long.indexOf('Eve')} person`]);
  await assert.rejects(
    entitiesOf({ models: [member('a', narrow)] }, 'x'.repeat(41).padEnd(60, 'y')).then(() => assert.fail('it fits')),
    /It does not fit|it fits/,
  );
});

test('the verifier’s limit counts, too', async () => {
  const short = { ...member('v', () => []), textLimit: 30 };
  const { trace } = await entitiesOf(
    { models: [member('a', (task) => (task.kind === 'extract' ? [] : gold(task)))], verifier: short },
    `${text} ${text}`,
  );
  assert.ok(trace.length > 1);
  assert.ok(trace.every(({ document }) => document.text.length <= 30));
});

test('what an embedder or a weigher throws fails the text and not the run', async () => {
  const weigher = () => {
    throw new TypeError('no weights today');
  };
  const pool = [{ id: 'p', text: 'Eve left.', entities: [] }];
  await using recognizer = await createRecognizer({ types, models: [member('a')], pool, weigher, candidateSpans: 'gold' });
  const [failed] = await Array.fromAsync(recognizer.recognizeAll([text]));
  assert.ok(failed?.status === 'failed' && failed.error.detail.code === 'internal');
  assert.match(failed.error.message, /no weights today/);
});

test('an empty text has no entities and costs no call', async () => {
  const model = member('a');
  const { found, calls } = await entitiesOf({ models: [model] }, '');
  assert.deepEqual([found, calls, model.tasks.length], [[], 0, 0]);
});

test('recognizeAll keeps the order, and a failed text is an item', async () => {
  await using recognizer = await createRecognizer({
    types,
    models: [member('a', (task) => (task.text === 'bad' ? down('a')(task, new AbortController().signal) : gold(task)))],
  });
  const results = await Array.fromAsync(recognizer.recognizeAll([text, { id: 'second', text: 'bad' }, 'Eve left.'], { workers: 2 }));
  assert.deepEqual(
    results.map(({ id, status }) => `${id} ${status}`),
    ['1 recognized', 'second failed', '3 recognized'],
  );
});

test('a failed text has every call about it, of the stages that went well too', async () => {
  const fault: Script = () => ({ fault: 'malformed', reply: 'I am sorry' });
  await using recognizer = await createRecognizer({ types, models: [member('a', but({ classify: fault })), member('b', down('b'))] });
  const [failed] = await Array.fromAsync(recognizer.recognizeAll([text]));
  assert.ok(failed?.status === 'failed');
  assert.deepEqual(
    failed.attempts.map(({ stage, modelId, outcome }) => `${stage} ${modelId} ${outcome}`),
    ['extract a answered', 'extract b failed', 'classify a malformed', 'classify b failed'],
  );
  assert.ok(failed.attempts.some(({ usage }) => usage.replyTokens > 0));
});

test('an abort rejects with its own reason, before and in flight', async () => {
  const reason = new Error('enough');
  await using recognizer = await createRecognizer({ types, models: [member('a')] });
  await assert.rejects(recognizer.recognize(text, { signal: AbortSignal.abort(reason) }), (error) => error === reason);
  const controller = new AbortController();
  const slow = member('slow', () => new Promise(() => controller.abort(reason)));
  await using second = await createRecognizer({ types, models: [slow] });
  await assert.rejects(second.recognize(text, { signal: controller.signal }), (error) => error === reason);
  const all = second.recognizeAll([text], { signal: controller.signal });
  await assert.rejects(Array.fromAsync(all), (error) => error === reason);
});

test('models that were passed in stay open', async () => {
  let disposed = 0;
  const own = { ...member('own'), [Symbol.asyncDispose]: async () => void disposed++ };
  await (await createRecognizer({ types, models: [own] }))[Symbol.asyncDispose]();
  assert.equal(disposed, 0);
});

test('options are checked before any model is opened, and an aborted signal comes first', async () => {
  const reason = new Error('enough');
  await assert.rejects(createRecognizer({ types: [] }, { signal: AbortSignal.abort(reason) }), (error) => error === reason);
});

test('the type of an entity is the union of the inventory', async () => {
  await using recognizer = await createRecognizer({
    types: ['person', { name: 'place', definition: 'a location' }],
    models: [member('a')],
  });
  const { entities } = await recognizer.recognize(text);
  const seen: ('person' | 'place')[] = entities.map(({ type }) => type);
  // @ts-expect-error -- "planet" is not of the inventory
  const wrong: 'planet'[] = entities.map(({ type }) => type);
  assert.equal(seen.length, wrong.length);
});

const misuses: { name: string; options: Partial<RecognizerOptions>; message: RegExp }[] = [
  { name: 'no types', options: { types: [] }, message: /No entity types/ },
  { name: 'a type called none', options: { types: ['None'] }, message: /cannot be an entity type/ },
  { name: 'a type twice', options: { types: ['a', 'A'] }, message: /given twice/ },
  { name: 'no models', options: { models: [] }, message: /models is empty/ },
  { name: 'a quorum above the ensemble', options: { quorum: 2 }, message: /quorum is 2; expected a whole number from 1 to 1/ },
  { name: 'a k of 1.5', options: { k: 1.5 }, message: /k is 1\.5/ },
  { name: 'a threshold above 1', options: { verifyThreshold: 2 }, message: /verifyThreshold is 2; expected a number from 0 to 1/ },
  { name: 'a least score below 0', options: { minScore: -0.1 }, message: /minScore is -0.1; expected a number from 0 to 1/ },
  { name: 'a weight of 0', options: { weights: [0] }, message: /above 0/ },
  { name: 'weights for other models', options: { weights: [1, 1] }, message: /2 weights for 1 models/ },
  {
    name: 'a closed option misspelt',
    options: JSON.parse('{"overlaps":"Flat"}'),
    message: /overlaps is "Flat"; expected "flat" or "nested"/,
  },
  ...[
    { name: 'weights of spans of no known name', weigher: 'tf-idf' },
    { name: 'a weight of no part of speech', weigher: { verb: 1 } },
    { name: 'a weight below 0', weigher: { noun: -1 } },
    { name: 'a weight without bound', weigher: { noun: Number.POSITIVE_INFINITY } },
    { name: 'a weight that is no number', weigher: { noun: undefined } },
  ].map(({ name, weigher }) => ({
    name,
    options: { weigher } as Partial<RecognizerOptions>, // what JavaScript may give
    message: /weigher is .*; expected "part-of-speech", "idf", "equal", weights from 0 to 1000000/,
  })),
  {
    name: 'a pool with offsets outside its text',
    options: { pool: [{ id: 'p7', text: 'Eve', entities: [{ start: 0, end: 9, type: 'person' }] }] },
    message: /p7 has an entity from 0 to 9/,
  },
  { name: 'a verifier with the id of a member', options: { verifier: member('a') }, message: /both called a/ },
  { name: 'one model twice', options: { models: [member('a'), member('a')] }, message: /twice/ },
  { name: 'an unknown model', options: { models: ['gpt'] }, message: /Known forms are nano:NAME/ },
  { name: 'an unknown bundled model', options: { models: ['nano:huge'] }, message: /Known are nano:/ },
];

for (const { name, options, message } of misuses) {
  test(`refused: ${name}`, async () => {
    const attempt = createRecognizer({ types: ['person'], models: [member('a')], ...options });
    await assert.rejects(attempt, (error) => error instanceof NerError && error.detail.code === 'usage' && message.test(error.message));
  });
}

test('an input that is none rejects, as every failure does', async () => {
  await using recognizer = await createRecognizer({ types: ['person'], models: [member('a')] });
  const recognizing = recognizer.recognize({ id: '1', text: undefined as unknown as string }); // as in plain JavaScript
  await assert.rejects(recognizing, TypeError);
});

test('a call that fails is recorded with the time that it took', async () => {
  const slow = member('slow', async () => {
    await setTimeout(60);
    throw new NerError('slow is down', { code: 'model-unavailable', modelId: 'slow' });
  });
  const { trace } = await entitiesOf({ models: [member('a'), slow], verifier: 'nobody' });
  const failed = trace.flatMap(({ document }) => document.calls).filter(({ outcome }) => outcome === 'failed');
  assert.deepEqual(
    failed.map(({ durationMs }) => durationMs > 50),
    [true, true],
  );
});
