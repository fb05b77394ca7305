import type { LabelledText } from '../document/labelled.ts';
import type { Recognizer } from '../pipeline/recognizer.ts';
import type { ExtractRequest } from './schemas.ts';

/** What a recognizer is asked for. */
export type Asked = Pick<ExtractRequest, 'types' | 'pool' | 'models' | 'options'>;

/** A model that requests can name. */
interface ServedModel {
  readonly id: string;
  readonly dialect: string;
  readonly kind: 'language model' | 'tagger';
}

/** A pool that requests can name. */
export interface ServedPool {
  readonly name: string;
  readonly sentences: number;
  /** Another one after each change of its sentences. */
  readonly revision: string;
  readonly types: readonly { readonly name: string; readonly mentions: number }[];
  readonly isWritable: boolean;
  readonly isCalibrated: boolean;
}

/** A recognizer, to be disposed of when the request is done; it may go on to serve others. */
export interface HeldRecognizer extends AsyncDisposable {
  readonly recognizer: Recognizer;
}

/** How a recognizer is waited for. */
interface HoldOptions {
  /** Of the request. */
  readonly signal: AbortSignal;
  /** Does what takes long in its turn, among the documents of all requests. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

/** What stands behind the server. */
export interface Service {
  readonly models: readonly ServedModel[];
  pools(): readonly ServedPool[];
  /**
   * @throws {ProblemError} for types, models or a pool that do not exist or cannot be.
   * @throws {NerError} `usage` for what does not go together; what `createRecognizer` throws.
   * @throws `signal.reason` once the signal is aborted.
   */
  hold(asked: Asked, options: HoldOptions): Promise<HeldRecognizer>;
  /**
   * Adds labelled sentences to a pool, for good, each in place of one with the same text; requests that come after it see them.
   * @param types - that were looked for; of others, the mentions of the sentence that gives way stay. Default: all.
   * @throws {ProblemError} for a type that cannot stand beside those of the pool.
   * @throws {NerError} `usage` for a pool that is not there or cannot be written, `unwritable-output`.
   */
  addToPool(name: string, sentences: readonly LabelledText[], types?: readonly string[]): Promise<ServedPool>;
}
