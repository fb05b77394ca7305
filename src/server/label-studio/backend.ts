import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context, Hono, MiddlewareHandler } from 'hono';
import type { z } from 'zod';
import { labelledSentences } from '../../document/labelled-sentences.ts';
import { type NerError, usageError } from '../../error.ts';
import type { FailedRecognition, Recognition } from '../../pipeline/recognition.ts';
import type { Begun } from '../extraction.ts';
import { expectedJson, invalidRequest, malformedJson, ProblemError, pointed, problemAt } from '../problem.ts';
import { type ExtractRequest, labelledSchema } from '../schemas.ts';
import type { ServedPool, Service } from '../service.ts';
import { labelledTextOf, predictionOf, typesOf } from './annotations.ts';
import { type LabelInterface, labelInterface } from './label-config.ts';
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
    for (const path of ['', '/', '/health']) app.get(`${base}${path}`, (context) => health(context, options));
}

function health(context: Context, { service }: BackendOptions): Response {
  poolCalled(context, service);
  return context.json({ status: 'UP', model_class: 'el4ner' });
}

async function setup(context: Context, options: BackendOptions): Promise<Response> {
  const { schema } = await body(context, setupRequest);
  labelInterface(schema);
  return context.json({ model_version: modelVersion(context, options) });
}

/** One prediction for each task, in their order: an empty one for a task that failed or has no text, unless all did. */
async function predict(context: Context, options: BackendOptions): Promise<Response> {
  const { tasks, label_config: config } = await body(context, predictRequest);
  const asked = labelInterface(config);
  const version = modelVersion(context, options);
  const texts = tasks.map(({ data }) => data[asked.key]);
  const documents = texts.filter((text) => typeof text === 'string').map((text) => ({ text }));
  const failures: Error[] = texts.flatMap((text) => (typeof text === 'string' ? [] : [noText(asked.key)]));
  const recognitions = documents.length === 0 ? [] : await recognized(documents, asked, { context, begin: options.begin });
  const failed = recognitions.filter((result) => result.status === 'failed').map(({ error }) => error);
  failures.push(...failed);
  const [failure] = failures;
  if (failure !== undefined && failures.length === tasks.length) throw failure;
  for (const one of failures) options.onFault(one);
  const inTurn = recognitions.values();
  const results = texts.map((text) => {
    const result = typeof text === 'string' ? inTurn.next().value : undefined;
    return predictionOf(result?.status === 'recognized' ? result.entities : [], asked, version);
  });
  return context.json({ results, model_version: version });
}

interface Predicting extends Pick<BackendOptions, 'begin'> {
  readonly context: Context;
}

async function recognized(
  documents: ExtractRequest['documents'],
  asked: LabelInterface,
  { context, begin }: Predicting,
): Promise<readonly (Recognition | FailedRecognition)[]> {
  const pool = context.req.param('pool');
  const { signal } = context.req.raw;
  const request = { documents, types: [...typesOf(asked)], trace: false, ...(pool === undefined ? {} : { pool }) };
  await using begun = await begin(request, signal);
  return Array.fromAsync(begun.results({ signal }));
}

/**
 * Adds the sentences of an annotation that was submitted to the pool. The last annotation of a sentence counts, as far as its interface asks for
 * types; what is changed or deleted later stays in the pool as it was.
 */
async function webhook(context: Context, options: BackendOptions): Promise<Response> {
  const event = await body(context, webhookRequest);
  const pool = poolCalled(context, options.service);
  const labelled = event.action === 'ANNOTATION_CREATED' ? annotated(event) : undefined;
  if (pool === undefined || labelled === undefined) return context.json({ status: 'nothing to be done', action: event.action }, 200);
  const types = typesOf(labelled.asked).map(({ name }) => name);
  const adding = options.service.addToPool(pool.name, labelledSentences(labelled.labelled), types);
  const result = await adding.catch((error: unknown) => {
    throw error instanceof ProblemError ? problemAt(regions, error) : error;
  });
  return context.json({ status: 'ok', result }, 201);
}

/** Where a webhook has the mentions. */
const regions = ['annotation', 'result'];

/** `undefined` for an annotation that was cancelled. */
function annotated({ project, task, annotation }: WebhookRequest) {
  const asked = labelInterface(project?.label_config ?? '');
  const parsed = annotatedTask.safeParse({ data: task?.data, annotations: [annotation] });
  if (!parsed.success)
    throw invalidRequest(
      parsed.error.issues.map((issue) => {
        const [part, , ...inside] = issue.path;
        return { ...issue, path: part === 'data' ? ['task', ...issue.path] : ['annotation', ...inside] };
      }),
    );
  const [given] = parsed.data.annotations;
  if (given === undefined || given.was_cancelled === true) return undefined;
  const text = parsed.data.data[asked.key];
  if (typeof text !== 'string') throw pointed(['task', 'data', asked.key], noText(asked.key));
  const labelled = labelledSchema.safeParse(labelledTextOf(text, given.result, asked));
  if (labelled.success) return { labelled: labelled.data, asked };
  throw problemAt(regions, invalidRequest(labelled.error.issues));
}

/** Changes with the pool, so that Label Studio asks again when there is more to learn from. */
function modelVersion(context: Context, { version, service }: BackendOptions): string {
  const pool = poolCalled(context, service);
  return ['el4ner', version, ...(pool === undefined ? [] : [pool.name, pool.revision])].join('-');
}

/**
 * The pool that the address names, if it does.
 * @throws {ProblemError} if there is none of that name.
 */
function poolCalled({ req }: Context, service: Pick<Service, 'pools'>): ServedPool | undefined {
  const called = req.param('pool');
  if (called === undefined) return undefined;
  const pools = service.pools();
  const pool = pools.find(({ name }) => name === called);
  if (pool !== undefined) return pool;
  const names = pools.length === 0 ? 'none, as the server was given none' : pools.map(({ name }) => name).join(', ');
  throw new ProblemError(404, `There is no pool ${called}; expected ${names}, or /label-studio without one.`, { code: 'not-found' });
}

function noText(key: string): NerError {
  return usageError(`A task has no text at data.${key}, where the labelling interface looks for it.`);
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
