import type { EntityType } from '../document/entity-type.ts';
import type { LabelledSentence } from '../document/labelled.ts';
import type { Rejected, Verified } from '../document/mention.ts';
import type { LanguageModel } from '../model/language-model.ts';
import type { RecognizerOptions } from '../pipeline/options.ts';
import type { Recognition } from '../pipeline/recognition.ts';
import { createRecognizer } from '../pipeline/recognizer.ts';
import type { System } from './systems.ts';

/** What an experiment runs on; the same for all of its systems. */
export interface Material {
  readonly types: readonly EntityType[];
  /** Gold sentences, each with an id of its own. */
  readonly data: readonly LabelledSentence[];
  readonly pool: readonly LabelledSentence[];
  /** Open models by URI: the members of the full system in order, then others that verify. */
  readonly models: ReadonlyMap<string, LanguageModel>;
  /** The full system. */
  readonly options: Omit<RecognizerOptions, 'types' | 'models' | 'pool' | 'onProgress'> & { readonly models: readonly string[] };
}

/** A mention of the trace as the analysis of errors wants it; offsets count from the start of the document. */
export type TracedMention = Verified | Rejected;

/** What one system made of one sentence; JSON-safe, so that a journal can keep it. */
export interface DocumentResult {
  readonly id: string;
  readonly mentions: readonly TracedMention[];
  readonly calls: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly replyTokens: number;
  /** Time that the models took, one call after the other. */
  readonly modelMs: number;
  readonly hallucinated: number;
  /** Replies that made no sense. */
  readonly malformed: number;
  /** Why the sentence failed; its mentions are then none. */
  readonly failure?: string;
}

/**
 * Runs a system over the sentences and yields one result each, in their order.
 * @throws {NerError} `usage` or `model-unavailable` if the system cannot be set up.
 * @throws `signal.reason` once the signal is aborted.
 */
export async function* runSystem(
  { variation }: System,
  material: Material,
  { onProgress, signal }: { readonly onProgress: (line: string) => void; readonly signal: AbortSignal },
): AsyncGenerator<DocumentResult, void, undefined> {
  const { types, data, pool, models } = material;
  if (data.length === 0) return;
  const open = <S extends RecognizerOptions['verifier']>(source: S) =>
    typeof source === 'string' ? (models.get(source) ?? source) : source;
  const options = { ...material.options, ...variation };
  const verifier = open(options.verifier);
  await using recognizer = await createRecognizer(
    {
      ...options,
      types,
      pool,
      models: (options.models ?? []).map((model) => open(model) ?? model),
      ...(verifier === undefined ? {} : { verifier }),
      onProgress: (done, total) => onProgress(`pool ${done} of ${total}`),
    },
    { signal },
  );
  let done = 0;
  for await (const recognition of recognizer.recognizeAll(data, { signal })) {
    onProgress(`${++done} of ${data.length}`);
    yield recognition.status === 'failed' ? { ...nothing, id: recognition.id, failure: recognition.error.message } : resultOf(recognition);
  }
}

const nothing = {
  mentions: [],
  calls: 0,
  promptTokens: 0,
  cachedTokens: 0,
  replyTokens: 0,
  modelMs: 0,
  hallucinated: 0,
  malformed: 0,
} satisfies Omit<DocumentResult, 'id'>;

function resultOf({ id, trace, calls, usage }: Recognition): DocumentResult {
  const asked = trace.flatMap(({ document }) => document.calls);
  return {
    id,
    mentions: trace.flatMap(({ start, document }) =>
      document.mentions.map((mention) => ({ ...mention, start: mention.start + start, end: mention.end + start })),
    ),
    calls,
    ...usage,
    modelMs: asked.reduce((sum, { durationMs }) => sum + durationMs, 0),
    hallucinated: trace.reduce((sum, { document }) => sum + document.hallucinations.length, 0),
    malformed: asked.filter(({ outcome }) => outcome === 'malformed' || outcome === 'refusal' || outcome === 'empty').length,
  };
}
