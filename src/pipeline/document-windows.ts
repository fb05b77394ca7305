import type { Document } from '../document/document.ts';
import type { Rejected, Verified } from '../document/mention.ts';
import type { Span } from '../document/span.ts';
import { windows } from '../document/windows.ts';
import { NerError } from '../error.ts';
import { isOverflow } from './ensemble.ts';
import { mapOrdered } from './map-ordered.ts';
import type { TracedWindow } from './recognition.ts';
import type { TracedDocument } from './traced-document.ts';

/** How a document is cut, and its windows worked on. */
export interface WindowWork {
  /** Most UTF-16 code units of a window. */
  readonly limit: number;
  /** Most UTF-16 code units of a window of several sentences. */
  readonly length: number;
  /** Sentences that a window repeats of the one before. */
  readonly overlap: number;
  /** Most windows in work at once. */
  readonly workers: number;
  /** Lets a window work when it is its turn among those of all documents. */
  readonly inTurn: <R>(work: () => Promise<R>) => Promise<R>;
  /** Is told of each window that is done, in their order. */
  readonly onWindow?: ((done: number, total: number) => void) | undefined;
}

/** Where a window is among those of its document. */
interface WindowPlace {
  /** Where it begins, in UTF-16 code units of the document. */
  readonly start: number;
  /** How many windows the document is cut into, those aside that do not fit and are cut once more. */
  readonly windows: number;
}

/** Recognizes what is in a window. */
export type RunWindow = (window: Document<never>, place: WindowPlace, signal: AbortSignal) => Promise<TracedDocument<Verified | Rejected>>;

/** Cuts a document into windows, and a window whose prompts do not fit the models' context once more. */
export async function recognizeWindows(
  document: Document<never>,
  { limit, length, overlap, workers, inTurn, onWindow }: WindowWork,
  run: RunWindow,
  signal: AbortSignal,
): Promise<readonly TracedWindow[]> {
  const spans = windows(document.text, { limit, length, overlap });
  /** The window, or its parts where it does not fit. */
  async function recognizeSpan({ start, end }: Span, signal: AbortSignal): Promise<readonly TracedWindow[]> {
    const text = document.text.slice(start, end);
    try {
      return [{ start, document: await run({ ...document, text }, { start, windows: spans.length }, signal) }];
    } catch (error) {
      if (!(error instanceof NerError && isOverflow(error)) || text.length <= smallestWindow) throw error;
      const parts: TracedWindow[] = [];
      for (const part of windows(text, { limit: Math.ceil(text.length / 2), overlap }))
        parts.push(...(await recognizeSpan({ start: start + part.start, end: start + part.end }, signal)));
      return parts;
    }
  }

  const trace: TracedWindow[] = [];
  let done = 0;
  const work = (span: Span, signal: AbortSignal) => inTurn(() => recognizeSpan(span, signal));
  for await (const parts of mapOrdered(spans, { workers, signal }, work)) {
    trace.push(...parts);
    onWindow?.(++done, spans.length);
  }
  return trace;
}

/** A window of so few code units that does not fit has types or demonstrations to blame. */
const smallestWindow = 32;
