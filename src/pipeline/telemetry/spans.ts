import { context, type Span, type SpanOptions, SpanStatusCode, trace } from '@opentelemetry/api';
import { NerError } from '../../error.ts';

/** What the spans and metrics of this package are recorded under. */
export const scope = 'el4ner';

/**
 * Does work within a span, which what is begun in it has as its parent. The span fails with the work, without the message of its error, which
 * may quote a text.
 * @param signal - tells an abort from other failures.
 */
export async function inSpan<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>, signal: AbortSignal): Promise<T> {
  const span = trace.getTracer(scope).startSpan(name, options);
  try {
    return await context.with(trace.setSpan(context.active(), span), () => work(span));
  } catch (error) {
    failSpan(span, { type: errorType(error, signal) });
    throw error;
  } finally {
    span.end();
  }
}

export function failSpan(span: Span, { type, message }: { readonly type: string; readonly message?: string }): void {
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR, ...(message === undefined ? {} : { message }) });
}

/** The class of an error: an HTTP status, a code of `NerError`, `aborted`, or the name of what is none of ours. */
export function errorType(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'aborted';
  if (!(error instanceof NerError)) return error instanceof Error ? error.name : '_OTHER';
  const { detail } = error;
  return 'status' in detail && detail.status !== undefined ? String(detail.status) : detail.code;
}
