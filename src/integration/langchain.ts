import type { Entity } from '../pipeline/recognition.ts';
import { resultOf } from '../pipeline/result.ts';
import { ownedRecognizer, type RecognizerSource } from './owned-recognizer.ts';

/** A document of LangChain.js, as far as it matters here. */
export interface DocumentLike {
  readonly pageContent: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** A document with `metadata.entities`: in order of reading, offsets in UTF-16 code units of `pageContent`, scores in [0, 1]. */
export type WithEntities<D extends DocumentLike, T extends string = string> = D & {
  readonly metadata: { readonly entities: readonly Entity<T>[] };
};

export interface EntityTransformerOptions {
  /** Most documents in work at once. Default: 1. */
  readonly workers?: number;
}

/** What LangChain hands to every step, as far as it matters here. */
export interface StepOptions {
  readonly signal?: AbortSignal;
}

/** Adds entities to documents. It is a function, which `pipe` and `RunnableSequence.from` take as a step, and has what a document transformer has. */
export interface EntityTransformer<T extends string = string> extends AsyncDisposable {
  <D extends DocumentLike>(documents: readonly D[], options?: StepOptions): Promise<WithEntities<D, T>[]>;
  transformDocuments<D extends DocumentLike>(documents: readonly D[], options?: StepOptions): Promise<WithEntities<D, T>[]>;
}

/**
 * A document transformer for LangChain.js that needs nothing of it: documents come back in their order, as new objects, with
 * `metadata.entities`. A document that fails fails the step.
 * @param source - a recognizer, which stays the caller's; or the options of one, which is opened by the first documents and released when the
 * transformer is disposed of.
 */
export function entityTransformer<const T extends string>(
  source: RecognizerSource<T>,
  { workers = 1 }: EntityTransformerOptions = {},
): EntityTransformer<T> {
  const owned = ownedRecognizer(source);
  async function transformDocuments<D extends DocumentLike>(
    documents: readonly D[],
    { signal }: StepOptions = {},
  ): Promise<WithEntities<D, T>[]> {
    const recognizer = await owned.opened();
    const texts = documents.map(({ pageContent }) => pageContent);
    const results = recognizer.recognizeAll(texts, { workers, ...(signal && { signal }) });
    const found: (readonly Entity[])[] = [];
    for await (const recognition of results) {
      if (recognition.status === 'failed') throw recognition.error;
      const result = resultOf(recognition, { trace: false });
      found.push('entities' in result ? result.entities : []);
    }
    return documents.map((document, at) => withEntities(document, found[at] as readonly Entity<T>[])); // as many as documents, of the inventory
  }
  return Object.assign(transformDocuments, {
    transformDocuments,
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  });
}

function withEntities<D extends DocumentLike, T extends string>(document: D, entities: readonly Entity<T>[]): WithEntities<D, T> {
  return { ...document, metadata: { ...document.metadata, entities } };
}
