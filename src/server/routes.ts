import { createRoute, z } from '@hono/zod-openapi';
import { filesSchema, readSchema, samplesSchema, writeSchema } from './dataset-schemas.ts';
import { eventSchema, extractSchema, labelledSchema, modelSchema, poolSchema, problemSchema, resultsSchema } from './schemas.ts';

const problem = (description: string) => ({ description, content: { 'application/problem+json': { schema: problemSchema } } });
const json = <S extends z.ZodType>(description: string, schema: S) => ({ description, content: { 'application/json': { schema } } });
const body = <S extends z.ZodType>(schema: S) => ({ body: { required: true, content: { 'application/json': { schema } } } });
const security = [{ token: [] }, {}];

/** What any request may be refused for. */
const everywhere = {
  401: problem('The server wants a token.'),
  421: problem('The server is called by a name that is not its own.'),
};

const problems = {
  ...everywhere,
  400: problem('The request is not as it should be; `errors` points to each fault.'),
  413: problem('The request is too large, or has too many documents.'),
  415: problem('The request is no JSON.'),
  422: problem('Types, pool, models or options do not exist, or do not go together.'),
  429: problem('Too many requests are in work; `retry-after` says when to come again.'),
  500: problem('A fault of the server.'),
  502: problem('The models gave no answer.'),
  503: problem('A model is not available, or the server is about to end.'),
  504: problem('It took too long.'),
};

export const extractRoute = createRoute({
  method: 'post',
  path: '/v1/extract',
  operationId: 'extract',
  summary: 'Find the entities of documents',
  description: 'A document that fails has an `error` in its place, and the others their entities.',
  security,
  request: body(extractSchema),
  responses: { 200: json('Results, in the order of the documents.', resultsSchema), ...problems },
});

export const streamRoute = createRoute({
  method: 'post',
  path: '/v1/extract/stream',
  operationId: 'extractStream',
  summary: 'Find the entities of documents, and tell of each stage as it is done',
  description: [
    'Server-sent events, each with JSON: `stage` when a stage is done with a window of a document (`id`, `start`, `windows`, `stage`,',
    '`mentions` and, after retrieval, the number of `demonstrations`), `document` with a Result, `problem` with a Problem, after which nothing comes, and `end`.',
  ].join(' '),
  security,
  request: body(extractSchema),
  responses: { 200: { description: 'Events.', content: { 'text/event-stream': { schema: eventSchema } } }, ...problems },
});

export const modelsRoute = createRoute({
  method: 'get',
  path: '/v1/models',
  operationId: 'listModels',
  summary: 'The models that requests can name',
  security,
  responses: {
    200: json('Models, in the order of the ensemble.', z.object({ models: z.array(modelSchema).readonly() })),
    ...everywhere,
  },
});

export const poolsRoute = createRoute({
  method: 'get',
  path: '/v1/pools',
  operationId: 'listPools',
  summary: 'The pools that requests can name',
  security,
  responses: {
    200: json('Pools, in the order in which the server was given them.', z.object({ pools: z.array(poolSchema).readonly() })),
    ...everywhere,
  },
});

export const addSentenceRoute = createRoute({
  method: 'post',
  path: '/v1/pools/{name}/sentences',
  operationId: 'addSentence',
  summary: 'Add a labelled sentence to a pool',
  description: 'It is kept for good, in place of one with the same text; requests that come after it see it.',
  security,
  request: { params: z.object({ name: z.string() }), ...body(labelledSchema) },
  responses: {
    201: json('The pool with it.', poolSchema),
    ...problems,
    507: problem('The file of the pool cannot be written.'),
  },
});

export const readDatasetRoute = createRoute({
  method: 'post',
  path: '/v1/datasets/read',
  operationId: 'readDataset',
  summary: 'Read a data set in any format of "el4ner convert"',
  description: 'Nothing of it is kept.',
  security,
  request: body(readSchema),
  responses: { 200: json('Its texts with their mentions, offsets in UTF-16 code units.', samplesSchema), ...problems },
});

export const writeDatasetRoute = createRoute({
  method: 'post',
  path: '/v1/datasets/write',
  operationId: 'writeDataset',
  summary: 'Write texts and mentions in a format of "el4ner convert"',
  security,
  request: body(writeSchema),
  responses: { 200: json('The files.', filesSchema), ...problems },
});

const state = z.object({ status: z.enum(['ok', 'draining']) });

export const healthRoute = createRoute({
  method: 'get',
  path: '/healthz',
  operationId: 'health',
  summary: 'Whether the server lives',
  responses: { 200: json('It does.', state) },
});

export const readyRoute = createRoute({
  method: 'get',
  path: '/readyz',
  operationId: 'readiness',
  summary: 'Whether the server takes requests',
  responses: { 200: json('It does.', state), 503: json('It is about to end.', state) },
});

export const metricsRoute = createRoute({
  method: 'get',
  path: '/metrics',
  operationId: 'metrics',
  summary: 'Figures for Prometheus',
  security,
  responses: {
    200: { description: 'In the text format of Prometheus.', content: { 'text/plain': { schema: z.string() } } },
    ...everywhere,
  },
});
