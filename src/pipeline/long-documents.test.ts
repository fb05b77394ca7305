import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { NerError } from '../error.ts';
import { goldScript, type Script, scriptedModel } from '../model/scripted.ts';
import type { RecognizerOptions } from './options.ts';
import { createRecognizer, type RecognizeOptions } from './recognizer.ts';

const types = ['name', 'place'] as const;
/** Finds the words of capitals of whatever text it is asked about; `P…` are places. */
const finder: Script = (task) =>
  goldScript({ [task.text]: (task.text.match(/\b[A-Z]{2,}\b/g) ?? []).map((word) => [word, word.startsWith('P') ? 'place' : 'name']) })(
    task,
  );

async function recognized(text: string, options: Partial<RecognizerOptions<'name' | 'place'>> = {}, pace: RecognizeOptions = {}) {
  await using recognizer = await createRecognizer({ types, models: [scriptedModel({ answer: finder })], verifier: 'nobody', ...options });
  const recognition = await recognizer.recognize(text, pace);
  return { ...recognition, found: recognition.entities.map(({ text, start, type }) => `${text}@${start} ${type}`) };
}

const word = fc.oneof(fc.constantFrom('it', 'was', 'cold', 'NN', 'PP', 'NNN'), fc.constantFrom('rain.', 'snow.', 'NN.'));
const longText = fc
  .array(word, { minLength: 1, maxLength: 60 })
  .map((words) => words.join(' ').replace(/\. (\w)/g, (_, letter: string) => `. ${letter.toUpperCase()}`));

test('windows of any size and overlap give each occurrence once, in order of reading, however many are in work', async () => {
  const cases = fc.record({
    text: longText,
    textLimit: fc.integer({ min: 20, max: 60 }),
    windowOverlap: fc.integer({ min: 0, max: 3 }),
    overlaps: fc.constantFrom('flat' as const, 'nested' as const),
  });
  await fc.assert(
    fc.asyncProperty(cases, fc.integer({ min: 1, max: 4 }), async ({ text, ...options }, workers) => {
      const whole = await recognized(text);
      assert.deepEqual((await recognized(text, options, { workers })).found, whole.found);
    }),
    { numRuns: 60 },
  );
});

const sentences = ['The man was AB.', 'It rained on CD.', 'Snow fell on EF.', 'Nobody saw GH.'];
const book = sentences.join(' ');

test('what stands at the edge of a window is decided on by the window that shows what comes next', async () => {
  /** Knows a name only where a sentence follows it, or the text ends with it. */
  const needsContext: Script = (task) => {
    const known = sentences
      .slice(0, -1)
      .flatMap((sentence, index) => (task.text.includes(`${sentence} ${sentences[index + 1]}`) ? [sentence.slice(-3, -1)] : []));
    return goldScript({ [task.text]: [...known, ...(task.text.endsWith('GH.') ? ['GH'] : [])].map((name) => [name, 'name']) })(task);
  };
  const models = [scriptedModel({ answer: needsContext })];
  const names = async (windowOverlap: number) =>
    (await recognized(book, { models, textLimit: 33, windowOverlap })).entities.map(({ text }) => text);
  assert.deepEqual(await names(0), ['AB', 'EF', 'GH']);
  assert.deepEqual(await names(1), ['AB', 'CD', 'EF', 'GH']);
});

test('of two answers about a place that of the window with more text around it stands, and the trace has the other', async () => {
  const wavering: Script = (task) => {
    const type = task.text.startsWith('It rained') ? 'place' : 'name';
    return goldScript({ [task.text]: task.text.includes('CD') ? [['CD', type]] : [] })(task);
  };
  const { found, trace } = await recognized(book, { models: [scriptedModel({ answer: wavering })], textLimit: 33, windowOverlap: 1 });
  assert.deepEqual(found, [`CD@${book.indexOf('CD')} place`]);
  const [first] = trace[0]?.document.mentions ?? [];
  assert.ok(first?.status === 'rejected' && first.stage === 'merge' && first.type === 'name');
});

test('mentions of two windows that overlap give way as in one window, or stay where they may', async () => {
  // The first window ends with what both hold, and each decides on the half that is nearer to its middle.
  const shared = 'Then came MM NN OO to us all.';
  const text = `Ab was here. ${shared} Then it was late.`;
  const halves: Script = (task) => goldScript({ [task.text]: [[task.text.startsWith('Ab') ? 'MM NN' : 'NN OO', 'name']] })(task);
  const names = async (overlaps: 'flat' | 'nested') =>
    (await recognized(text, { models: [scriptedModel({ answer: halves })], textLimit: 48, windowOverlap: 1, overlaps })).entities.map(
      ({ text }) => text,
    );
  assert.deepEqual(await names('nested'), ['MM NN', 'NN OO']);
  assert.deepEqual(await names('flat'), ['MM NN']);
});

test('sentences are put together up to the length at which the members are at their best', async () => {
  const lengths = async (options: Partial<RecognizerOptions<'name' | 'place'>>) =>
    (await recognized(book, options)).trace.map(({ document }) => document.text.length);
  const picky = { ...scriptedModel({ answer: finder }), windowLength: 33 };
  assert.deepEqual(await lengths({ models: [picky] }), [32, 31]);
  assert.deepEqual(await lengths({ models: [picky], windowLength: 20 }), [15, 16, 16, 14]);
  assert.deepEqual(await lengths({}), [book.length]);
});

test('parts of a window that does not fit the context share sentences, too', async () => {
  const narrow: Script = (task, signal) => {
    if (task.text.length > 70)
      throw new NerError('It does not fit.', { code: 'context-overflow', modelId: 'scripted', promptTokens: 99, contextTokens: 70 });
    return finder(task, signal);
  };
  const text = Array.from({ length: 12 }, (_, at) => `They saw ${'N'.repeat(at + 2)} there.`).join(' ');
  const { found, trace } = await recognized(text, { models: [scriptedModel({ answer: narrow })], textLimit: 150, windowOverlap: 1 });
  assert.deepEqual(found, (await recognized(text)).found);
  assert.ok(trace.length > 4);
});

test('windows are told as they are done, and at most so many are in work at once, over all texts', async () => {
  let inWork = 0;
  let most = 0;
  const slow: Script = async (task, signal) => {
    most = Math.max(most, ++inWork);
    await wait(1);
    inWork--;
    return finder(task, signal);
  };
  const told: string[] = [];
  await using recognizer = await createRecognizer({
    types,
    models: [scriptedModel({ answer: slow })],
    verifier: 'nobody',
    textLimit: 33,
    windowOverlap: 1,
  });
  const onWindow = (id: string, done: number, total: number) => told.push(`${id}: ${done} of ${total}`);
  const results = await Array.fromAsync(recognizer.recognizeAll([book, 'A text.', book], { workers: 2, onWindow }));
  assert.deepEqual(
    results.map(({ status }) => status),
    ['recognized', 'recognized', 'recognized'],
  );
  assert.equal(most, 2);
  for (const id of ['1', '3']) {
    assert.deepEqual(
      told.filter((line) => line.startsWith(`${id}:`)),
      ['1 of 3', '2 of 3', '3 of 3'].map((line) => `${id}: ${line}`),
    );
  }
});

test('stages are told as they are done, window by window, with what is known by then', async () => {
  const told: string[] = [];
  await using recognizer = await createRecognizer({ types, models: [scriptedModel({ answer: finder })], textLimit: 33 });
  await recognizer.recognize(
    { id: 'book', text: book },
    {
      onStage({ id, start, windows, stage, document }) {
        assert.equal(windows, 2);
        told.push(`${id}@${start} ${stage}: ${document.mentions.map(({ status }) => status).join(' ')}`);
      },
    },
  );
  const second = book.indexOf('Snow');
  assert.deepEqual(told, [
    'book@0 retrieve: ',
    'book@0 extract: extracted extracted',
    'book@0 classify: classified classified',
    'book@0 verify: verified verified',
    `book@${second} retrieve: `,
    `book@${second} extract: extracted extracted`,
    `book@${second} classify: classified classified`,
    `book@${second} verify: verified verified`,
  ]);
});

const jordan = 'Jordan slept. Jordan ate. In Jordan it rained. Rome is far.';
const byOccurrence: Script = goldScript({
  [jordan]: [
    ['Jordan', 'name'],
    ['Jordan', 'name'],
    ['Jordan', 'place'],
    ['Rome', 'place'],
  ],
});

test('a string with several types is let be, reported, or given the type of the majority', async () => {
  const models = [scriptedModel({ answer: byOccurrence })];
  const found = async (documentAgreement?: 'none' | 'report' | 'majority') => {
    const { entities, disagreements, trace } = await recognized(jordan, { models, ...(documentAgreement && { documentAgreement }) });
    const outvoted = trace.flatMap(({ document }) =>
      document.mentions.flatMap((mention) => (mention.status === 'verified' ? (mention.outvoted ?? []) : [])),
    );
    return { types: entities.map(({ type }) => type), disagreements, outvoted };
  };
  const divided = ['name', 'name', 'place', 'place'];
  const disagreements = [{ text: 'Jordan', types: { name: 2, place: 1 } }];
  assert.deepEqual(await found(), { types: divided, disagreements: undefined, outvoted: [] });
  assert.deepEqual(await found('report'), { types: divided, disagreements, outvoted: [] });
  assert.deepEqual(await found('majority'), { types: ['name', 'name', 'name', 'place'], disagreements, outvoted: ['place'] });
});
