import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context, Hono, MiddlewareHandler } from 'hono';
import type { z } from 'zod';
import { labelledSentences } from '../../document/labelled-sentences.ts';
import { usageError } from '../../error.ts';
import type { Begun } from '../extraction.ts';
import { expectedJson, invalidRequest, malformedJson, ProblemError } from '../problem.ts';
import { type ExtractRequest, labelledSchema } from '../schemas.ts';
import type { Service } from '../service.ts';
import { labelledTextOf, predictionOf, typesOf } from './annotations.ts';
import { labelInterface } from './label-config.ts';
import { annotatedTask, predictRequest, setupRequest, type WebhookRequest, webhookRequest } from './requests.ts';

export interface BackendOptions {
  readonly service: Pick<Service, 'addToPool' | 'pools'>;
  readonly begin: (request: ExtractRequest, signal: AbortSignal) => Promise<Begun>;
  /** Of the package. */
  readonly version: string;
  /** The password that Label Studio must show, or the bearer token; without one everybody is served. */
  readonly token: string | undefined;
  /** Is told of tasks that failed beside others. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Adds a machine learning backend of Label Studio at `/label-studio`, and at `/label-studio/POOL` one that shows the models the sentences of a
 * pool and adds to it what annotators submit.
 */
export function addLabelStudio(app: Pick<Hono, 'use' | 'get' | 'post'>, options: BackendOptions): void {
  if (options.token !== undefined) app.use('/label-studio/*', passwordIs(options.token));
  for (const base of ['/label-studio', '/label-studio/:pool'])
    for (const [path, answer] of Object.entries({ setup, predict, webhook }))
      app.post(`${base}/${path}`, (context) => answer(context, options));
  for (const base of ['/label-studio', '/label-studio/:pool'])
    for (const path of ['', '/', '/health']) app.get(`${base}${path}`, (context) => context.json({ status: 'UP', model_class: 'el4ner' }));
}

async function setup(context: Context, options: BackendOptions): Promise<Response> {
  const { schema } = await body(context, setupRequest);
  labelInterface(schema);
  return context.json({ model_version: modelVersion(context, options) });
}

/** One prediction for each task, in their order: an empty one for a task that failed, unless all did. */
async function predict(context: Context, options: BackendOptions): Promise<Response> {
  const { tasks, label_config: config } = await body(context, predictRequest);
  const asked = labelInterface(config);
  const documents = tasks.map(({ data }) => ({ text: textOf(data, asked.key) }));
  const version = modelVersion(context, options);
  const pool = context.req.param('pool');
  const { signal } = context.req.raw;
  const request = { documents, types: [...typesOf(asked)], trace: false, ...(pool === undefined ? {} : { pool }) };
  await using begun = await options.begin(request, signal);
  const predictions: ReturnType<typeof predictionOf>[] = [];
  const failures: Error[] = [];
  for await (const result of begun.results({ signal })) {
    if (result.status === 'failed') failures.push(result.error);
    predictions.push(predictionOf(result.status === 'failed' ? [] : result.entities, asked, version));
  }
  const [failure] = failures;
  if (failure !== undefined && failures.length === tasks.length) throw failure;
  for (const one of failures) options.onFault(one);
  return context.json({ results: predictions, model_version: version });
}

/** Adds the sentences of an annotation that was submitted to the pool. What is changed or deleted later stays in the pool as it was. */
async function webhook(context: Context, options: BackendOptions): Promise<Response> {
  const event = await body(context, webhookRequest);
  const pool = context.req.param('pool');
  const labelled = event.action === 'ANNOTATION_CREATED' ? annotated(event) : undefined;
  if (pool === undefined || labelled === undefined) return context.json({ status: 'nothing to be done', action: event.action }, 200);
  return context.json({ status: 'ok', result: await options.service.addToPool(pool, labelledSentences(labelled)) }, 201);
}

/** `undefined` for an annotation that was cancelled. */
function annotated({ project, task, annotation }: WebhookRequest): z.infer<typeof labelledSchema> | undefined {
  const asked = labelInterface(project?.label_config ?? '');
  const parsed = annotatedTask.safeParse({ data: task?.data, annotations: [annotation] });
  if (!parsed.success) throw invalidRequest(parsed.error.issues);
  const [given] = parsed.data.annotations;
  if (given === undefined || given.was_cancelled === true) return undefined;
  const labelled = labelledSchema.safeParse(labelledTextOf(textOf(parsed.data.data, asked.key), given.result, asked));
  if (labelled.success) return labelled.data;
  throw invalidRequest(labelled.error.issues);
}

/** Changes with the pool, so that Label Studio asks again when there is more to learn from. */
function modelVersion(context: Context, { version, service }: BackendOptions): string {
  const called = context.req.param('pool');
  const pool = service.pools().find(({ name }) => name === called);
  return ['el4ner', version, ...(pool === undefined ? [] : [pool.name, pool.revision])].join('-');
}

/** @throws {NerError} `usage` */
function textOf(data: Readonly<Record<string, unknown>>, key: string): string {
  const text = data[key];
  if (typeof text === 'string') return text;
  throw usageError(`A task has no text at data.${key}, where the labelling interface looks for it.`);
}

/** @throws {ProblemError} for a body that is not as it should be. */
async function body<T>({ req }: Context, schema: z.ZodType<T>): Promise<T> {
  // A page of another origin can send any other content without asking.
  if (!/^application\/json\b/i.test(req.header('content-type') ?? '')) throw expectedJson();
  const text = await req.text();
  const content: unknown = await req.json().catch(() => {
    throw malformedJson(text);
  });
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw invalidRequest(parsed.error.issues);
}

/** Label Studio offers a user and a password; the token is the password, whoever the user. A bearer token will do, too. */
function passwordIs(token: string): MiddlewareHandler {
  const expected = digest(token);
  return async ({ req }, next) => {
    const [, scheme = '', given = ''] = /^(\w+) +(.+)$/.exec(req.header('authorization') ?? '') ?? [];
    const shown =
      scheme.toLowerCase() === 'basic'
        ? Buffer.from(given, 'base64')
            .toString()
            .replace(/^[^:]*:/, '')
        : given;
    if (['basic', 'bearer'].includes(scheme.toLowerCase()) && timingSafeEqual(digest(shown), expected)) return next();
    throw new ProblemError(
      401,
      'The server wants its token as the password of the backend, with any user.',
      { code: 'unauthorized' },
      { 'www-authenticate': 'Basic realm="el4ner"' },
    );
  };
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
