import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { hostileName, hostileText, templateTokens } from '../document/hostile-text.fixture.ts';
import { chatJson } from '../prompting/chat-json.ts';
import { chatPaper } from '../prompting/chat-paper.ts';
import type { Task } from '../prompting/task.ts';
import type { LanguageModel } from './language-model.ts';
import { serveModel } from './openai-server.fixture.ts';
import { scriptedModel } from './scripted.ts';
import { ollama, openai, openaiCompatible } from './servers.ts';

const { signal } = new AbortController();
const secretWord = 'Zxqvjk'; // in every hostile word, to find where it went

type Dialect = ReturnType<typeof chatJson>;
const providers: Readonly<Record<string, (url: string, dialect: Dialect) => LanguageModel>> = {
  openaiCompatible: (url, dialect) => openaiCompatible({ baseUrl: `${url}/v1`, model: 'm', dialect, maxRetries: 0 }),
  ollama: (url, dialect) => ollama({ baseUrl: url, model: 'm', dialect, maxRetries: 0, contextTokens: 1e9 }),
  openai: (url, dialect) => openai({ baseUrl: `${url}/v1`, model: 'm', dialect, apiKey: 'k', maxRetries: 0 }),
};

/** The keys of a request below which a word is. */
function placesOf(word: string, value: unknown, path: readonly string[] = []): string[] {
  if (typeof value === 'string') return value.includes(word) ? [path.join('.')] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(key.includes(word) ? [[...path, 'a key'].join('.')] : []),
    ...placesOf(word, inner, [...path, Array.isArray(value) ? '#' : key]),
  ]);
}

interface Request {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

/** That a request is a chat, with texts in what a user says and without control tokens. */
function assertPlain(path: string, request: Request, style: string): void {
  assert.ok(['/v1/chat/completions', '/api/chat'].includes(path), path);
  // A form of reply names types, and is no part of what is read.
  for (const place of placesOf(secretWord, request)) assert.match(place, /^(?:messages\.#\.content$|response_format\.|format\.)/);
  for (const key of ['prompt', 'template', 'raw', 'system', 'suffix', 'chat_template']) assert.ok(!(key in request), key);
  const ours = style === 'chat-paper' ? ['[CLS]', '[SEP]'] : [];
  for (const { role, content } of request.messages) {
    assert.ok(['system', 'user', 'developer'].includes(role) && content.isWellFormed());
    if (role !== 'user') assert.ok(!content.includes(secretWord), 'an instruction has no word of a text');
    for (const token of templateTokens) assert.ok(ours.includes(token) || !content.includes(token.trim()), token);
  }
}

for (const [name, connect] of Object.entries(providers)) {
  for (const [style, dialect] of Object.entries({
    'chat-json': chatJson(),
    'single claims': chatJson({ verify: 'each' }),
    'chat-paper': chatPaper(),
  })) {
    it(`${name} gets texts in messages of a chat alone, by ${style}`, { timeout: 60_000 }, async () => {
      await using server = await serveModel(scriptedModel({ answer: () => [] }), {
        name: 'm',
        plan: () => ({ kind: 'status', status: 400 }),
      });
      await using model = connect(server.url, dialect);
      const property = fc.asyncProperty(hostileName, hostileText, async (type, words) => {
        const text = `${secretWord}${words}`;
        const context = {
          types: [{ name: `${type}${secretWord}`, definition: text }],
          demonstrations: [{ text, entities: [{ start: 0, end: text.length, type: `${type}${secretWord}` }] }],
          text,
        };
        const tasks: readonly Task[] = [
          { kind: 'extract', ...context },
          { kind: 'joint', ...context },
          { kind: 'classify', ...context, mentions: [{ start: 0, end: text.length }] },
          { kind: 'verify', ...context, claims: [{ start: 0, end: text.length, type: `${type}${secretWord}` }] },
        ];
        const before = server.requests.length;
        for (const task of tasks) await assert.rejects(model.answer(task, signal));
        for (const { path, body } of server.requests.slice(before)) assertPlain(path, JSON.parse(body), style);
      });
      await fc.assert(property, { numRuns: 40 });
    });
  }
}
