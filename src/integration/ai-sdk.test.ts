import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generateText, isStepCount } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { goldScript, scriptedModel } from '../model/scripted.ts';
import { createRecognizer } from '../pipeline/recognizer.ts';
import { entityTool } from './ai-sdk.ts';

const text = 'Ada met Bob in Paris.';
const answer = goldScript({
  [text]: [
    ['Ada', 'person'],
    ['Paris', 'place'],
  ],
});
const options = {
  types: ['person', { name: 'place', definition: 'Where something is.' }],
  models: [scriptedModel({ answer })],
  verifier: 'nobody',
} as const;

type Generated = Awaited<ReturnType<MockLanguageModelV4['doGenerate']>>;
const usage: Generated['usage'] = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};

/** A model that calls the tool with a text, and then tells that it is done. */
function caller(input: object): MockLanguageModelV4 {
  return new MockLanguageModelV4({
    doGenerate: [
      {
        content: [{ type: 'tool-call', toolCallId: '1', toolName: 'entities', input: JSON.stringify(input) }],
        finishReason: { unified: 'tool-calls', raw: 'tool-calls' },
        usage,
        warnings: [],
      },
      { content: [{ type: 'text', text: 'Done.' }], finishReason: { unified: 'stop', raw: 'stop' }, usage, warnings: [] },
    ],
  });
}

test('a model finds entities with the tool, and is told them', async () => {
  await using entities = entityTool(options);
  const model = caller({ text });
  const { text: said, steps } = await generateText({ model, prompt: 'Who is where?', tools: { entities }, stopWhen: isStepCount(3) });
  assert.equal(said, 'Done.');
  const [found] = steps[0]?.toolResults ?? [];
  assert.ok(found !== undefined && found.dynamic !== true);
  assert.deepEqual(
    found.output.entities.map(({ start, end, text, type }) => ({ start, end, text, type })),
    [
      { start: 0, end: 3, text: 'Ada', type: 'person' },
      { start: 15, end: 20, text: 'Paris', type: 'place' },
    ],
  );
  const [told] = model.doGenerateCalls[0]?.tools ?? [];
  assert.ok(told?.type === 'function');
  assert.equal(
    told.description,
    'Finds every mention of these types in a text, with offsets and scores: person; place (Where something is.).',
  );
  assert.deepEqual(Object.keys(told.inputSchema.properties ?? {}), ['text']);
  assert.match(JSON.stringify(model.doGenerateCalls[1]?.prompt), /"text":"Paris","type":"place"/);
});

test('a recognizer that was there before is used, and outlives the tool', async () => {
  await using recognizer = await createRecognizer(options);
  {
    await using entities = entityTool(recognizer, { description: 'Names.' });
    assert.equal(entities.description, 'Names.');
    const { steps } = await generateText({ model: caller({ text }), prompt: 'x', tools: { entities }, stopWhen: isStepCount(3) });
    const [found] = steps[0]?.toolResults ?? [];
    assert.ok(found !== undefined && found.dynamic !== true);
    assert.equal(found.output.entities.length, 2);
  }
  assert.equal((await recognizer.recognize(text)).entities.length, 2);
});

test('a text that no model answers is a tool error, which the model is told', async () => {
  await using entities = entityTool(options);
  const model = caller({ text: 'Unknown.' });
  const { steps } = await generateText({ model, prompt: 'Who?', tools: { entities }, stopWhen: isStepCount(3) });
  const [failed] = steps[0]?.content.filter(({ type }) => type === 'tool-error') ?? [];
  assert.ok(failed?.type === 'tool-error');
  assert.match(String(failed.error), /0 of 1 models answered/);
  assert.match(JSON.stringify(model.doGenerateCalls[1]?.prompt), /0 of 1 models answered/);
});

test('an abort ends a call', async () => {
  await using entities = entityTool(options);
  const call = { toolCallId: '1', messages: [], abortSignal: AbortSignal.abort(new Error('gone')), context: {} };
  await assert.rejects(async () => entities.execute?.({ text }, call), /gone/);
});

test('types that make no sense are refused at once', () => {
  assert.throws(() => entityTool({ ...options, types: ['none'] }), /cannot be an entity type/);
});
