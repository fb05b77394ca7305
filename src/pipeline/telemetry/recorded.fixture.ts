import { type Attributes, context, metrics, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

/** One point of a metric: the value of a counter, or a histogram. */
export interface Point {
  readonly metric: string;
  readonly attributes: Attributes;
  readonly value: number | Histogram;
}

/** What telemetry there was during `work`, by an SDK that is registered for this time. */
export async function recorded(work: () => Promise<unknown>): Promise<{ spans: readonly ReadableSpan[]; points: readonly Point[] }> {
  const spans = new InMemorySpanExporter();
  const measured = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const meters = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: measured })] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] }));
  metrics.setGlobalMeterProvider(meters);
  try {
    await work();
    await meters.forceFlush();
    const of =
      measured
        .getMetrics()
        .at(-1)
        ?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
    const points = of.flatMap(
      ({ descriptor, dataPoints }) =>
        dataPoints.map(({ attributes, value }): Point => ({ metric: descriptor.name, attributes, value: value as Point['value'] })), // no exponential ones
    );
    return { spans: spans.getFinishedSpans(), points };
  } finally {
    await meters.shutdown();
    for (const api of [context, trace, metrics]) api.disable();
  }
}

/** The names of the spans under one, in the order in which they began, with theirs in brackets. */
export function tree(spans: readonly ReadableSpan[], parent?: ReadableSpan): string {
  const began = ({ startTime: [seconds, nanoseconds] }: ReadableSpan) => seconds * 1e9 + nanoseconds;
  return spans
    .filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent?.spanContext().spanId)
    .sort((a, b) => began(a) - began(b))
    .map((span) => {
      const below = tree(spans, span);
      return below === '' ? span.name : `${span.name} [${below}]`;
    })
    .join(', ');
}
