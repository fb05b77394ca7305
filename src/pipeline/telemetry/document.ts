import type { Recognition } from '../recognition.ts';
import type { TracedDocument } from '../traced-document.ts';
import { instruments } from './instruments.ts';
import { errorType, inSpan } from './spans.ts';

interface Recognized {
  readonly id: string;
  readonly text: string;
  /** Whether the text may be recorded. */
  readonly recordContent: boolean;
}

/** Recognizes a document within a span, and counts what became of it. */
export function inDocument<R extends Recognition>(
  { id, text, recordContent }: Recognized,
  recognize: () => Promise<R>,
  signal: AbortSignal,
): Promise<R> {
  const content = recordContent ? { 'el4ner.document.text': text } : {};
  return inSpan(
    'recognize',
    { attributes: { 'el4ner.document.id': id, 'el4ner.document.length': text.length, ...content } },
    async (span) => {
      const { documents } = instruments();
      try {
        const recognition = await recognize();
        const { degraded, entities, trace } = recognition;
        const status = { 'el4ner.document.status': degraded.length > 0 ? 'degraded' : 'recognized' };
        span.setAttributes({ ...status, 'el4ner.document.windows': trace.length, 'el4ner.document.entities': entities.length });
        documents.add(1, status);
        countMentions(recognition);
        return recognition;
      } catch (error) {
        const status = { 'el4ner.document.status': signal.aborted ? 'aborted' : 'failed' };
        span.setAttributes(status);
        documents.add(1, { ...status, 'error.type': errorType(error, signal) });
        throw error;
      }
    },
    signal,
  );
}

function countMentions({ entities, trace }: Recognition): void {
  const { entities: found, rejected } = instruments();
  for (const { type } of entities) found.add(1, { 'el4ner.entity.type': type });
  for (const mention of trace.flatMap(({ document }) => document.mentions)) {
    if (mention.status === 'rejected') rejected.add(1, { 'el4ner.stage.name': mention.stage });
  }
}

/** What is done with a window, one after the other. */
export type Stage = 'retrieve' | 'extract' | 'classify' | 'verify' | 'joint';

/** Runs a stage about a window of a document within a span. */
export function inStage<D extends TracedDocument>(stage: Stage, run: () => Promise<D>, signal: AbortSignal): Promise<D> {
  return inSpan(
    stage,
    { attributes: { 'el4ner.stage.name': stage } },
    async (span) => {
      const document = await run();
      if (!span.isRecording()) return document;
      const rejected = document.mentions.filter(({ status }) => status === 'rejected').length;
      span.setAttributes({
        'el4ner.stage.demonstrations': document.retrieval.demonstrations.length,
        'el4ner.stage.mentions': document.mentions.length - rejected,
        'el4ner.stage.rejected': rejected,
      });
      return document;
    },
    signal,
  );
}
