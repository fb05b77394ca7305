import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { registerTelemetry } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import type { NerError } from '../error.ts';
import type { ChatPrompt, ChatReply } from '../prompting/dialect.ts';
import { aiSdkModel, aiSdkTransport } from './ai-sdk.ts';
import { modelConformance } from './conformance.ts';
import { servedHarness } from './served-harness.fixture.ts';

modelConformance(
  'aiSdkModel',
  servedHarness(({ url, model, ...options }) => aiSdkModel(createOpenAICompatible({ name: 'bare', baseURL: `${url}/v1` })(model), options)),
);

type Generated = Awaited<ReturnType<MockLanguageModelV4['doGenerate']>>;

const usage = {
  inputTokens: { total: 30, noCache: 10, cacheRead: 20, cacheWrite: undefined },
  outputTokens: { total: 4, text: 3, reasoning: 1 },
};
const good: Generated = { content: [{ type: 'text', text: 'Ada' }], finishReason: { unified: 'stop', raw: 'stop' }, usage, warnings: [] };

function transport(generate: () => Promise<Generated>, timeoutMs = 10_000) {
  const model = new MockLanguageModelV4({ doGenerate: generate });
  const advice = { unreachable: 'Start it.', unknownModel: 'Get it.', denied: 'Ask for it.' };
  return {
    model,
    ...aiSdkTransport(model, { modelId: 'mock', advice, timeoutMs, maxRetries: 2, seed: 7, contextTokens: Number.POSITIVE_INFINITY }),
  };
}

function prompt(reply: ChatReply = { kind: 'text' }): ChatPrompt {
  const messages = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Who?' },
  ] as const;
  return { messages, reply, maxReplyTokens: 9 };
}

const signal = new AbortController().signal;
const never = (): Promise<never> => new Promise(() => {});

describe('aiSdkModel', () => {
  const providers = {
    'anthropic.messages': 'anthropic',
    'mistral.chat': 'mistral_ai',
    'google.vertex.chat': 'gcp.vertex_ai',
    acme: 'acme',
  };
  for (const [provider, name] of Object.entries(providers)) {
    it(`calls ${provider} ${name}, as telemetry does`, () => {
      assert.deepEqual(aiSdkModel(new MockLanguageModelV4({ provider, modelId: 'm' })).origin, { provider: name, model: 'm' });
    });
  }

  it('tells nothing to telemetry that a program has registered with the AI SDK for itself', async () => {
    const told: unknown[] = [];
    registerTelemetry({ onStart: (event) => void told.push(event), onLanguageModelCallStart: (event) => void told.push(event) });
    const { complete } = transport(async () => good);
    await complete(prompt(), new AbortController().signal);
    assert.deepEqual(told, []);
  });

  it("is called by its provider's name and its own", () => {
    assert.equal(aiSdkModel(new MockLanguageModelV4({ provider: 'acme', modelId: 'small' })).id, 'acme:small');
  });
});

describe('aiSdkTransport', () => {
  it('passes on the reply as it is, with its usage', async () => {
    const { complete } = transport(async () => ({
      ...good,
      content: [
        { type: 'reasoning', text: 'Hm.' },
        { type: 'text', text: ' {"a": \n' },
      ],
    }));
    assert.deepEqual(await complete(prompt(), signal), {
      text: ' {"a": \n',
      finishReason: 'stop',
      usage: { promptTokens: 30, cachedTokens: 20, replyTokens: 4 },
    });
  });

  it('asks without chance, for so many tokens', async () => {
    const { model, complete } = transport(async () => good);
    await complete(prompt(), signal);
    const { temperature, seed, maxOutputTokens, responseFormat } = model.doGenerateCalls[0] ?? {};
    assert.deepEqual(
      { temperature, seed, maxOutputTokens, responseFormat },
      { temperature: 0, seed: 7, maxOutputTokens: 9, responseFormat: { type: 'text' } },
    );
  });

  it('asks for JSON by its schema', async () => {
    const { model, complete } = transport(async () => good);
    const schema = { type: 'array', items: { type: 'string' } } as const;
    await complete(prompt({ kind: 'json', name: 'mentions', schema }), signal);
    assert.deepEqual(model.doGenerateCalls[0]?.responseFormat, { type: 'json', name: 'mentions', schema });
  });

  it('asks for a choice by a schema, and gives it bare', async () => {
    const { model, complete } = transport(async () => ({ ...good, content: [{ type: 'text', text: '{"choice": "yes"}' }] }));
    const { text } = await complete(prompt({ kind: 'choice', choices: ['yes', 'no'] }), signal);
    assert.equal(text, 'yes');
    assert.equal(model.doGenerateCalls[0]?.responseFormat?.type, 'json');
  });

  const finishes = [
    ['stop', 'stop'],
    ['length', 'length'],
    ['content-filter', 'other'],
    ['error', 'other'],
  ] as const;
  for (const [unified, finishReason] of finishes) {
    it(`calls the finish "${unified}" "${finishReason}"`, async () => {
      const { complete } = transport(async () => ({ ...good, finishReason: { unified, raw: undefined } }));
      assert.equal((await complete(prompt(), signal)).finishReason, finishReason);
    });
  }

  it('leaves the warnings of providers unsaid', async (test) => {
    const said: unknown[] = [];
    globalThis.AI_SDK_LOG_WARNINGS = (warnings) => void said.push(warnings);
    test.after(() => {
      globalThis.AI_SDK_LOG_WARNINGS = undefined;
    });
    await transport(async () => ({ ...good, warnings: [{ type: 'unsupported', feature: 'seed' }] })).complete(prompt(), signal);
    assert.deepEqual(said, []);
  });

  it('gives up a model that heeds no abort', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const completing = transport(never).complete(prompt(), controller.signal);
    setImmediate(() => controller.abort(reason));
    await assert.rejects(completing, (error) => error === reason);
  });

  it('gives up a model that heeds no time limit, and does not ask again', async () => {
    const { model, complete } = transport(never, 20);
    await assert.rejects(complete(prompt(), signal), ({ detail }: NerError) => detail.code === 'timeout');
    assert.equal(model.doGenerateCalls.length, 1);
  });

  it('says what a model threw', async () => {
    const cause = new TypeError('No such setting.');
    const completing = transport(() => Promise.reject(cause)).complete(prompt(), signal);
    await assert.rejects(completing, (error: NerError) => {
      assert.deepEqual(error.detail, { code: 'model-failed', modelId: 'mock' });
      assert.match(error.message, /No such setting/);
      assert.equal(error.cause, cause);
      return true;
    });
  });

  it('describes a prompt by its roles and words', () => {
    assert.equal(transport(never).describe(prompt()), '[system]\nBe brief.\n[user]\nWho?');
  });
});
