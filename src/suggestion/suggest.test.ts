import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NerError } from '../error.ts';
import type { Embedder } from '../model/embedder.ts';
import { goldScript, type Script, scriptedModel } from '../model/scripted.ts';
import type { RecognizerOptions } from '../pipeline/options.ts';
import { createRecognizer } from '../pipeline/recognizer.ts';
import { ngramEmbedder } from '../pool/ngram-embedder.ts';
import type { TypeChoice } from '../prompting/task.ts';
import { type SuggestOptions, suggest } from './suggest.ts';

const gold = goldScript({
  'Ada slept.': [['Ada', 'person']],
  'Yesterday Rio sang.': [['Rio', 'place']],
  'Rio is back.': [['Rio', 'place']],
  'Then Zuzu left.': [['Zuzu', 'person']],
  'It rained.': [],
});
const never = new AbortController().signal;

/** Answers like `gold`, but for the types of these strings. */
const but =
  (opinions: Readonly<Record<string, TypeChoice>>): Script =>
  (task) => {
    const sure = gold(task);
    if (task.kind !== 'classify') return sure;
    return task.mentions.map((mention, at) => opinions[task.text.slice(mention.start, mention.end)] ?? (sure[at] as TypeChoice)); // to classify, gold has a choice for each
  };
const dissenter = but({
  Rio: { type: 'person' },
  Zuzu: { type: 'person', probability: 0.8, probabilities: { person: 0.8, place: 0, none: 0.2 } },
});
const member = (id: string, answer: Script = gold) => scriptedModel({ id, answer });

/** Suggestions by two members, of which one has other opinions; texts are called by themselves. */
async function suggested(
  texts: readonly string[],
  {
    n = 9,
    onText,
    signal = never,
    embedder = ngramEmbedder,
    ...options
  }: Partial<SuggestOptions & RecognizerOptions> & { signal?: AbortSignal } = {},
) {
  const models = [member('a'), member('b', dissenter)];
  await using recognizer = await createRecognizer({ types: ['person', 'place'], models, verifier: 'nobody', ...options });
  const inputs = texts.map((text) => ({ id: text, text }));
  return suggest(inputs, { recognizer, embedder, n, ...(onText === undefined ? {} : { onText }) }, signal);
}

const ids = (suggestions: Awaited<ReturnType<typeof suggested>>) => suggestions.map(({ id }) => id);

describe('suggestions', () => {
  test('are the texts that members disagree on, the more they do the earlier, and not those that they agree on', async () => {
    const texts = ['It rained.', 'Ada slept.', 'Then Zuzu left.', 'Yesterday Rio sang.'];
    assert.deepEqual(ids(await suggested(texts)), ['Yesterday Rio sang.', 'Then Zuzu left.']);
    assert.deepEqual(ids(await suggested(texts.toReversed())), ['Yesterday Rio sang.', 'Then Zuzu left.']);
  });

  test('have what the ensemble makes of the text, and what is doubtful about it', async () => {
    const [first, ...others] = await suggested(['Yesterday Rio sang.']);
    assert.deepEqual(others, []);
    const span = { start: 10, end: 13, text: 'Rio' };
    assert.deepEqual(
      first?.entities.map(({ score, ...entity }) => entity),
      [{ ...span, type: 'place' }],
    );
    assert.deepEqual(first?.doubts, [{ ...span, type: 'place', doubt: 1, opinions: { place: 0.5, person: 0.5 } }]);
    assert.equal(first?.gain, 1);
  });

  test('that settle what a better one settles come after others, with what is left of their gain', async () => {
    const texts = ['Yesterday Rio sang.', 'Rio is back.', 'Then Zuzu left.'];
    const [first, second, third] = await suggested(texts);
    assert.deepEqual([first?.id, second?.id], ['Yesterday Rio sang.', 'Then Zuzu left.']);
    assert.ok((third?.gain ?? 0) < 1e-6);
    assert.deepEqual(ids(await suggested(texts, { n: 2 })), ['Yesterday Rio sang.', 'Then Zuzu left.']);
  });

  test('are at most n', async () =>
    assert.deepEqual(ids(await suggested(['Then Zuzu left.', 'Rio is back.'], { n: 1 })), ['Rio is back.']));

  test('are none of no texts, and none of texts without a mention', async () => {
    assert.deepEqual(await suggested([]), []);
    assert.deepEqual(await suggested(['It rained.', '']), []);
  });

  test('are none where three members and their verification agree', async () => {
    const models = ['a', 'b', 'c'].map((id) => member(id));
    assert.deepEqual(ids(await suggested(['Ada slept.'], { models, verifier: 'all' })), []);
  });
});

describe('failures', () => {
  const failing =
    (answer: Script): Script =>
    (task, signal) => {
      if (task.text === 'bad') throw new NerError('It is down.', { code: 'model-unavailable', modelId: 'a' });
      return answer(task, signal);
    };

  test('are told, text by text, and do not end it', async () => {
    const told: string[] = [];
    const suggestions = await suggested(['Ada slept.', 'bad', 'Yesterday Rio sang.'], {
      models: [member('a', failing(gold)), member('b', failing(dissenter))],
      onText: (result) => told.push(result.status === 'recognized' ? 'read' : `${result.id}: ${result.error.message}`),
    });
    assert.deepEqual(ids(suggestions), ['Yesterday Rio sang.']);
    assert.deepEqual([told.length, told[0], told[2]], [3, 'read', 'read']);
    assert.match(told[1] ?? '', /^bad: .*It is down\./);
  });

  test('of one member leave the text to the others', async () => {
    const models = [member('a'), member('b', dissenter), member('c', () => assert.fail('It broke.'))];
    assert.deepEqual(ids(await suggested(['Yesterday Rio sang.'], { models })), ['Yesterday Rio sang.']);
  });

  test('of the embedder end it', async () => {
    const cause = new NerError('It is down.', { code: 'model-failed', modelId: 'e' });
    const embedder: Embedder = { ...ngramEmbedder, embed: () => Promise.reject(cause) };
    await assert.rejects(suggested(['Yesterday Rio sang.'], { embedder }), (error) => error === cause);
  });
});

describe('an abort rejects with its own reason', { timeout: 10_000 }, () => {
  const reason = new Error('enough');
  const isReason = (error: unknown) => error === reason;

  test('before', async () => {
    const told: unknown[] = [];
    const options = { signal: AbortSignal.abort(reason), onText: (failure: unknown) => told.push(failure) };
    await assert.rejects(suggested(['Yesterday Rio sang.'], options), isReason);
    assert.deepEqual(told, []);
  });

  test('in flight, which is no failure of a text', async () => {
    const controller = new AbortController();
    const told: unknown[] = [];
    const slow = member('slow', (task) => {
      if (task.text === 'Ada slept.') return gold(task);
      controller.abort(reason);
      return new Promise(() => {});
    });
    const options = { models: [slow], signal: controller.signal, onText: ({ id }: { id: string }) => told.push(id) };
    await assert.rejects(suggested(['Ada slept.', 'Rio is back.', 'Then Zuzu left.'], options), isReason);
    assert.deepEqual(told, ['Ada slept.']);
  });

  test('while vectors are worked out', async () => {
    const controller = new AbortController();
    const embedder: Embedder = {
      ...ngramEmbedder,
      async embed(_, signal) {
        controller.abort(reason);
        signal.throwIfAborted();
        return assert.fail('It was not told.');
      },
    };
    await assert.rejects(suggested(['Yesterday Rio sang.'], { embedder, signal: controller.signal }), isReason);
  });
});
