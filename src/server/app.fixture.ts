import { NerError } from '../error.ts';
import { goldScript, type Script, scriptedModel } from '../model/scripted.ts';
import { createRecognizer } from '../pipeline/recognizer.ts';
import { type App, type AppOptions, createApp } from './app.ts';
import type { Asked, Service } from './service.ts';

export const text = 'Ada met Bob in Paris.';
export const gold = goldScript({
  [text]: [
    ['Ada', 'person'],
    ['Bob', 'person'],
    ['Paris', 'place'],
  ],
  'Eve left.': [['Eve', 'person']],
});
export const limits = { body: 2000, datasetBody: 5000, documents: 3, requests: 2, seconds: 5 };

const opened = new AsyncDisposableStack();
/** What keepers of servers were told; a test that expects none looks at it afterwards. */
export const faults: unknown[] = [];

interface Setup extends Partial<AppOptions> {
  readonly answer?: Script;
}

/** A server of a model that answers by a script, and what it was asked for. */
export async function serve({ answer = gold, ...options }: Setup = {}): Promise<App & { readonly asked: readonly Asked[] }> {
  const recognizer = opened.use(
    await createRecognizer({ types: ['person', 'place'], models: [scriptedModel({ id: 'script', answer })], verifier: 'nobody' }),
  );
  const asked: Asked[] = [];
  const service: Service = {
    models: [{ id: 'script', dialect: 'scripted@1', kind: 'language model' }],
    pools: () => [
      { name: 'letters', sentences: 1, revision: 'a', types: [{ name: 'person', mentions: 2 }], isWritable: true, isCalibrated: false },
    ],
    async hold(request) {
      asked.push(request);
      if (request.pool === 'none') throw new NerError('There is no pool none.', { code: 'usage' });
      return { recognizer, [Symbol.asyncDispose]: async () => undefined };
    },
    async addToPool(name) {
      return { name, sentences: 2, revision: 'a', types: [], isWritable: true, isCalibrated: false };
    },
  };
  const app = createApp(service, { version: '1.2.3', workers: 2, limits, onFault: (error) => faults.push(error), ...options });
  return { ...app, asked };
}

export const json = { 'content-type': 'application/json' };
export const post = (app: App, path: string, body: unknown, init: RequestInit = { headers: json }) =>
  app.fetch(
    new Request(`http://127.0.0.1:1${path}`, {
      method: 'POST',
      ...init,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  );
export const get = (app: App, path: string, headers: Record<string, string> = {}) =>
  app.fetch(new Request(`http://127.0.0.1:1${path}`, { headers }));

/** What a response says in JSON; the tests say what they expect of it. */
export async function bodyOf(response: Response) {
  return JSON.parse(await response.text());
}
