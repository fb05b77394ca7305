import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { StageEvent } from '../pipeline/recognizer.ts';
import type { Begun } from './extraction.ts';
import { isFault, problemOf } from './problem.ts';
import type { ExtractRequest } from './schemas.ts';
import { toldResult } from './told-result.ts';

/** After this long, a client that takes nothing of what it is sent is left, once its request takes too long. */
const graceMs = 1000;

interface StreamOptions {
  readonly request: ExtractRequest;
  /** Is told of faults of the server. */
  readonly onFault: (error: unknown) => void;
}

/** Server-sent events of a request that has begun; it is disposed of when they end, or nobody listens or reads any more. */
export function eventStream(context: Context, begun: Begun, { request, onFault }: StreamOptions): Response {
  const gone = new AbortController();
  return streamSSE(context, async (stream) => {
    stream.onAbort(() => gone.abort());
    let written: Promise<void> = Promise.resolve();
    /** Behind all that was sent before. */
    const send = (event: string, data: unknown): Promise<void> => {
      written = written.then(() => stream.writeSSE({ event, data: JSON.stringify(data) }));
      return written;
    };
    await using _ = begun;
    // What is written waits for whoever reads, without end.
    const leave = (): void => void setTimeout(() => stream.closed || stream.abort(), graceMs).unref();
    begun.timeout.addEventListener('abort', leave);
    try {
      const onStage = (event: StageEvent) => void send('stage', told(event));
      for await (const result of begun.results({ signal: gone.signal, onStage }))
        await send('document', toldResult(result, request, onFault));
      await send('end', {});
    } catch (error) {
      if (gone.signal.aborted) return;
      if (isFault(error)) onFault(error);
      await send('problem', problemOf(error).problem);
    } finally {
      begun.timeout.removeEventListener('abort', leave);
    }
  });
}

/** What a stage came to: its mentions so far, with offsets into the whole document. */
function told({ id, start: offset, windows, stage, document: { mentions, retrieval } }: StageEvent) {
  return {
    id,
    start: offset,
    windows,
    stage,
    demonstrations: retrieval.demonstrations.length,
    mentions: mentions.map(({ start, end, status, ...mention }) => ({
      start: start + offset,
      end: end + offset,
      status,
      ...('type' in mention ? { type: mention.type } : {}),
    })),
  };
}
