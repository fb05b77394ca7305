import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { FailedRecognition, Recognition } from '../pipeline/recognition.ts';

/** Figures in the text format of Prometheus, of a server's requests, documents and models. */
export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
  /** Counts requests, by their route. */
  readonly middleware: MiddlewareHandler;
  /** A document has come. */
  begin(): void;
  /** A document is done, or failed, or nobody waits for it any more. */
  end(result: Recognition | FailedRecognition | undefined): void;
}

export function createMetrics(): Metrics {
  const registers = [new Registry()];
  const [register] = registers;
  collectDefaultMetrics({ ...(register && { register }) });
  const requests = new Counter({
    name: 'el4ner_http_requests_total',
    help: 'Requests by method, route and status.',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  const seconds = new Histogram({
    name: 'el4ner_http_request_duration_seconds',
    help: 'Time until a response begins.',
    labelNames: ['route'],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120],
    registers,
  });
  const inWork = new Gauge({ name: 'el4ner_documents_in_work', help: 'Documents that have come and are not done.', registers });
  const documents = new Counter({
    name: 'el4ner_documents_total',
    help: 'Documents by what became of them.',
    labelNames: ['status'],
    registers,
  });
  const calls = new Counter({
    name: 'el4ner_model_calls_total',
    help: 'Calls of models by stage and outcome.',
    labelNames: ['model', 'stage', 'outcome'],
    registers,
  });
  const tokens = new Counter({
    name: 'el4ner_model_tokens_total',
    help: 'Tokens prompted, of these evaluated, and replied.',
    labelNames: ['model', 'kind'],
    registers,
  });

  return {
    contentType: register?.contentType ?? 'text/plain',
    text: async () => (await register?.metrics()) ?? '',
    middleware: async (context, next) => {
      const started = performance.now();
      await next();
      const route = routePath(context, -1);
      requests.inc({ method: context.req.method, route, status: context.res.status });
      seconds.observe({ route }, (performance.now() - started) / 1000);
    },
    begin: () => inWork.inc(),
    end(result) {
      inWork.dec();
      documents.inc({ status: statusOf(result) });
      for (const { modelId, stage, outcome, usage } of callsOf(result)) {
        calls.inc({ model: modelId, stage, outcome });
        tokens.inc({ model: modelId, kind: 'prompted' }, usage.promptTokens);
        tokens.inc({ model: modelId, kind: 'evaluated' }, usage.promptTokens - usage.cachedTokens);
        tokens.inc({ model: modelId, kind: 'replied' }, usage.replyTokens);
      }
    },
  };
}

function statusOf(result: Recognition | FailedRecognition | undefined): string {
  if (result === undefined) return 'aborted';
  if (result.status === 'failed') return 'failed';
  return result.degraded.length > 0 ? 'degraded' : 'recognized';
}

function callsOf(result: Recognition | FailedRecognition | undefined) {
  if (result === undefined) return [];
  return result.status === 'failed' ? result.attempts : result.trace.flatMap(({ document }) => document.calls);
}
