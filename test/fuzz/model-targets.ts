import { openModel } from '../../src/model/open.ts';
import { chatJson } from '../../src/prompting/chat-json.ts';
import { chatPaper } from '../../src/prompting/chat-paper.ts';
import type { Task } from '../../src/prompting/task.ts';
import type { Target } from './target.ts';

const uris = [
  'gguf:none/there.gguf',
  'gguf:~/x.gguf?dialect=chat-paper',
  'ollama:qwen2.5:14b',
  'http://127.0.0.1:9/v1?dialect=chat-json&concurrency=8#m',
  'openai:gpt',
  'pool:tagger',
  'nano:nobody',
  'https://user:pw@host/v1#m',
];
const uriTarget: Target = {
  name: 'URIs of models',
  seeds: uris.map((uri) => Buffer.from(uri)),
  async read(bytes) {
    await using _model = await openModel(bytes.toString('utf8'), { environment: { OPENAI_API_KEY: 'k' } });
  },
};

const addressTarget: Target = {
  name: 'addresses of Ollama',
  seeds: ['192.168.0.7', ':11500', 'http://[::1]:11434/x', 'https://host', '0.0.0.0'].map((address) => Buffer.from(address)),
  async read(bytes) {
    await using _model = await openModel('ollama:m', { environment: { OLLAMA_HOST: bytes.toString('utf8') } });
  },
};

const context = { types: [{ name: 'person' }, { name: '__proto__' }], demonstrations: [], text: 'Ada met Bob, and Bob met Ada in Paris.' };
const mentions = [
  { start: 0, end: 3 },
  { start: 8, end: 11 },
  { start: 17, end: 20 },
];
const tasks: readonly Task[] = [
  { kind: 'extract', ...context },
  { kind: 'joint', ...context },
  { kind: 'classify', ...context, mentions },
  { kind: 'verify', ...context, claims: mentions.map((span) => ({ ...span, type: 'person' })) },
];
const replies = [
  '{"mentions": ["Ada", "Bob"]}',
  '{"entities": [{"text": "Ada", "type": "person"}]}',
  '{"1": "person", "2": "none", "3": "person"}',
  '[{"1": true}, {"2": false}]',
  '[CLS]Ada[SEP]Bob[SEP]',
  '[CLS]Ada[SEP]person[CLS]Bob[SEP]none',
  'yes',
  '<think>Hm.</think>```json\n{"mentions": []}\n```',
];

const replyTargets: readonly Target[] = [chatJson(), chatJson({ verify: 'each' }), chatPaper()].map((dialect, at) => ({
  name: `replies to ${dialect.id}${at === 1 ? ', single claims' : ''}`,
  seeds: replies.map((reply) => Buffer.from(reply)),
  takesAll: true,
  async read(bytes) {
    const usage = { promptTokens: 0, cachedTokens: 0, replyTokens: 0 };
    for (const task of tasks) {
      for (const finishReason of ['stop', 'length'] as const)
        dialect.parse(task, [
          { text: bytes.toString('utf8'), finishReason, usage },
          { text: bytes.toString('latin1'), finishReason, usage },
        ]);
    }
  },
}));

/** What names a model, and what a model writes. */
export const modelTargets: readonly Target[] = [uriTarget, addressTarget, ...replyTargets];
