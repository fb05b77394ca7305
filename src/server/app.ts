import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import { bearerAuth } from 'hono/bearer-auth';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { secureHeaders } from 'hono/secure-headers';
import { readDataset, writeDataset } from './dataset-files.ts';
import { eventStream } from './event-stream.ts';
import { createExtraction, type Limits } from './extraction.ts';
import { addLabelStudio } from './label-studio/backend.ts';
import { createMetrics } from './metrics.ts';
import { addPages, type WebFiles } from './pages.ts';
import { invalidRequest, isFault, ProblemError, problemOfRequest, problemResponse } from './problem.ts';
import {
  addSentenceRoute,
  extractRoute,
  healthRoute,
  metricsRoute,
  modelsRoute,
  poolsRoute,
  readDatasetRoute,
  readyRoute,
  streamRoute,
  writeDatasetRoute,
} from './routes.ts';
import type { Service } from './service.ts';
import { toldResult } from './told-result.ts';

export interface AppOptions {
  /** Of the package. */
  readonly version: string;
  /** Documents in work at once, over all requests. */
  readonly workers: number;
  readonly limits: Limits;
  /** What clients must show as a bearer token; without one everybody is served. */
  readonly token?: string | undefined;
  /** Names by which clients may call the server; without it by any. It keeps out web pages that let their own name lead here. */
  readonly hosts?: readonly string[] | undefined;
  /** Origins whose pages may read answers in a browser, such as `http://localhost:3000`. Default: none but the server's own. */
  readonly origins?: readonly string[] | undefined;
  /** The page for people, at `/`, and that of the documentation, at `/docs`; without them there are none. */
  readonly web?: WebFiles | undefined;
  /** Is told of faults of the server. */
  readonly onFault: (error: unknown) => void;
}

/** The server, apart from its socket. */
export interface App {
  /** Answers a request. */
  readonly fetch: (request: Request) => Response | Promise<Response>;
  /** From now on, takes no more requests for extraction and is not ready; resolves once none of them is in work. */
  drain(): Promise<void>;
}

/** Makes the HTTP interface of a service; `/openapi.json` describes it. */
export function createApp(service: Service, options: AppOptions): App {
  const metrics = createMetrics();
  const { begin, idle } = createExtraction(service, metrics, options);
  let isDraining = false;
  const app = openApp(options, metrics.middleware);
  for (const path of ['/v1/extract/*', '/label-studio/*'])
    app.use(path, async (_, next) => {
      if (isDraining) throw new ProblemError(503, 'The server is about to end.', { code: 'draining' }, { connection: 'close' });
      await next();
    });

  app.openapi(extractRoute, async (context) => {
    const request = context.req.valid('json');
    await using begun = await begin(request, context.req.raw.signal);
    const documents: ReturnType<typeof toldResult>[] = [];
    for await (const result of begun.results({ signal: context.req.raw.signal }))
      documents.push(toldResult(result, request, options.onFault));
    return context.json({ documents }, 200);
  });
  app.openapi(streamRoute, async (context) => {
    const request = context.req.valid('json');
    return eventStream(context, await begin(request, context.req.raw.signal), { ...options, request });
  });
  app.openapi(modelsRoute, (context) => context.json({ models: service.models }, 200));
  app.openapi(poolsRoute, (context) => context.json({ pools: service.pools() }, 200));
  app.openapi(addSentenceRoute, async (context) => {
    const { name } = context.req.valid('param');
    return context.json(await service.addToPool(name, [context.req.valid('json')]), 201);
  });
  app.openapi(readDatasetRoute, async (context) => context.json(await readDataset(context.req.valid('json')), 200));
  app.openapi(writeDatasetRoute, async (context) => context.json(await writeDataset(context.req.valid('json')), 200));
  app.openapi(healthRoute, (context) => context.json({ status: 'ok' as const }, 200));
  app.openapi(readyRoute, (context) =>
    isDraining ? context.json({ status: 'draining' as const }, 503) : context.json({ status: 'ok' as const }, 200),
  );
  app.openapi(metricsRoute, async (context) => context.text(await metrics.text(), 200, { 'content-type': metrics.contentType }));
  addLabelStudio(app, { ...options, service, begin, token: options.token });
  if (options.web !== undefined) addPages(app, options.web);
  return {
    fetch: (request) => app.fetch(request),
    drain() {
      isDraining = true;
      return idle();
    },
  };
}

/** An app without routes: what holds for all of them. */
function openApp({ version, limits, token, hosts, origins = [], onFault }: AppOptions, counting: MiddlewareHandler): OpenAPIHono {
  const app = new OpenAPIHono({
    defaultHook(result) {
      if (!result.success) throw invalidRequest(result.error.issues);
    },
  });
  app.onError(async (error, context) => {
    if (isFault(error)) onFault(error);
    return problemResponse(context, await problemOfRequest(error, context.req));
  });
  app.notFound((context) =>
    problemResponse(context, new ProblemError(404, `There is nothing at ${context.req.path}.`, { code: 'not-found' })),
  );
  app.use(counting, secureHeaders({ strictTransportSecurity: false }), methodNotAllowed({ app, onMethodNotAllowed: otherMethod }));
  if (hosts !== undefined) app.use(calledBy(hosts));
  // Before the token, which a browser does not show when it asks whether it may.
  if (origins.length > 0) app.use('/v1/*', cors({ ...shared, origin: [...origins] }));
  if (token !== undefined) for (const path of ['/v1/*', '/metrics']) app.use(path, bearerAuth({ token, ...challenges }));
  const atMost = (bytes: number) => {
    const detail = `The request is larger than ${bytes} bytes; send it in parts, or have the server started with a larger limit.`;
    const problem = new ProblemError(413, detail, { code: 'too-large' });
    return bodyLimit({ maxSize: bytes, onError: (context: Context) => problemResponse(context, problem) });
  };
  const usual = atMost(limits.body);
  const isDataset = (path: string): boolean => path.startsWith('/v1/datasets/');
  app.use('/v1/datasets/*', atMost(limits.datasetBody));
  for (const path of ['/v1/*', '/label-studio/*'])
    app.use(path, (context, next) => (isDataset(context.req.path) ? next() : usual(context, next)));
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description: 'If the server wants one.',
  });
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'el4ner',
      version,
      license: { name: 'Apache-2.0' },
      description: 'Named entity recognition by an ensemble of small language models.',
    },
  });
  return app;
}

const challenge = { wwwAuthenticateHeader: 'Bearer realm="el4ner"' };
/** Another way to show who asks is none. */
const challenges = { noAuthenticationHeader: challenge, invalidAuthenticationHeader: challenge };

/** What pages of other origins may do. */
const shared = {
  allowMethods: ['GET', 'HEAD', 'POST'],
  allowHeaders: ['authorization', 'content-type'],
  exposeHeaders: ['retry-after'],
};

function otherMethod(context: Context, methods: string[]): Response {
  const { method, path } = context.req;
  const allow = methods.join(', ');
  return problemResponse(
    context,
    new ProblemError(405, `${path} takes ${allow}, and not ${method}.`, { code: 'method-not-allowed' }, { allow }),
  );
}

function calledBy(hosts: readonly string[]): MiddlewareHandler {
  return async ({ req }, next) => {
    const { hostname } = new URL(req.url);
    if (!hosts.includes(hostname.replace(/^\[|\]$/g, '')))
      throw new ProblemError(421, `This server is not called ${hostname}.`, { code: 'unknown-host' });
    await next();
  };
}
