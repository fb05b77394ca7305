import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Task } from '../prompting/task.ts';
import { modelConformance } from './conformance.ts';
import type { LanguageModel } from './language-model.ts';
import { openModel } from './open.ts';
import { serveModel } from './openai-server.fixture.ts';
import { ollama, openaiCompatible } from './servers.ts';

/** How the bundled model is reached once it is served at `url`. */
const providers = [
  ['openaiCompatible', (url: string) => openaiCompatible({ baseUrl: `${url}/v1`, model: 'test-model' })],
  ['ollama', (url: string) => ollama({ baseUrl: url, model: 'test-model' })],
] as const;

let bundled: LanguageModel;
before(async () => {
  bundled = await openModel('nano:social');
});
after(() => bundled[Symbol.asyncDispose]());

for (const [name, connect] of providers) {
  modelConformance(`nano:social through ${name}`, {
    can: [],
    async open() {
      const server = await serveModel(bundled);
      return { model: connect(server.url), [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
    },
  });
}

describe('a model behind a server', () => {
  const text = 'Ada Lovelace met Charles Babbage in London, and Ada stayed in London.';
  const spans = [
    { start: 0, end: 12, type: 'person' },
    { start: 36, end: 42, type: 'place' },
    { start: 62, end: 68, type: 'person' },
  ];
  const demonstrations = [{ text: 'Marie left Warsaw.', entities: [{ start: 0, end: 5, type: 'person' }] }];
  const context = { types: [{ name: 'person' }, { name: 'place' }], demonstrations, text };
  const tasks: readonly Task[] = [
    { ...context, kind: 'extract' },
    { ...context, kind: 'joint' },
    { ...context, kind: 'classify', mentions: spans },
    { ...context, kind: 'verify', claims: spans },
  ];
  for (const task of tasks) {
    it(`answers ${task.kind} as it does in this process`, async () => {
      const signal = new AbortController().signal;
      const inProcess = await bundled.answer(task, signal);
      await using server = await serveModel(bundled);
      for (const [, connect] of providers) {
        await using model = connect(server.url);
        assert.deepEqual(withoutProbabilities(await model.answer(task, signal)), withoutProbabilities(inProcess));
      }
    });
  }
});

/** The data of an answer; a server's replies tell no probabilities. */
function withoutProbabilities(answer: Awaited<ReturnType<LanguageModel['answer']>>): unknown {
  assert.ok(answer.ok);
  return JSON.parse(JSON.stringify(answer.data, (key, value: unknown) => (key.startsWith('probabilit') ? undefined : value)));
}
