import type { ConformanceHarness } from './conformance/harness.ts';
import type { LanguageModel } from './language-model.ts';
import { serveModel } from './openai-server.fixture.ts';
import { scriptedModel } from './scripted.ts';

/** How a test connects to a server: its address, and what else the harness decides. */
export interface Connection {
  readonly url: string;
  /** Of the served model. */
  readonly model: string;
  readonly timeoutMs?: number;
}

/** The harness of a provider that reaches a scripted model over HTTP. */
export function servedHarness(connect: (connection: Connection) => LanguageModel): ConformanceHarness {
  return {
    can: ['script', 'timeout', 'status', 'prompts'],
    async open({ script, timeoutMs }) {
      const server = await serveModel(scriptedModel({ answer: script }), { name: 'test-model' });
      return {
        model: connect({ url: server.url, model: 'test-model', ...(timeoutMs === undefined ? {} : { timeoutMs }) }),
        stageStatus: (status, seconds) => server.stage({ kind: 'status', status, retryAfter: String(seconds) }),
        requestTimesMs: () => server.requests.map(({ atMs }) => atMs),
        prompts: () => server.requests.map(({ body }) => promptOf(body)),
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      };
    },
  };
}

/** The messages of a request: what its server turns into tokens. */
function promptOf(body: string): string {
  const { messages } = JSON.parse(body) as { readonly messages: readonly { readonly content: string }[] }; // the server took it
  return messages.map(({ content }) => content).join('\n');
}
