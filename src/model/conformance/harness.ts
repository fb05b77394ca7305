import type { LanguageModel } from '../language-model.ts';
import type { Script } from '../scripted.ts';

/** What a harness can stage. A case that needs more than that is left out. */
export type ConformanceCapability =
  /** The model answers by the script of its setup. */
  | 'script'
  /** The model keeps to the time limit of its setup. */
  | 'timeout'
  /** `stageStatus` and `requestTimesMs`. */
  | 'status'
  /** `prompts`. */
  | 'prompts'
  /** `controlTokens`. */
  | 'control-tokens'
  /** The model keeps to the reply bound of its setup. */
  | 'reply-bound'
  /** The model can write no string that is not in the text. */
  | 'grounded';

/** What a case wants of the model that it opens. */
export interface ConformanceSetup {
  /** The answers; a model that cannot follow a script gives its own. */
  readonly script: Script;
  /** Longest wait for one reply. */
  readonly timeoutMs?: number;
  /** A bound on every reply, below the one that its prompt has anyway. */
  readonly maxReplyTokens?: number;
}

/** A model opened for one case. The case disposes of the model first, then of the subject, and with it of what the model needs. */
export interface ConformanceSubject extends AsyncDisposable {
  readonly model: LanguageModel;
  /** Makes the model's server answer the next request with this HTTP status and `retry-after`. */
  stageStatus?(status: number, retryAfterSeconds: number): void;
  /** When each request came to the server, by `performance.now()`. */
  requestTimesMs?(): readonly number[];
  /** The text of each prompt so far, as it came to where it is turned into tokens. */
  prompts?(): readonly string[];
  /** The control tokens in each prompt so far, in their order. */
  controlTokens?(): readonly (readonly string[])[];
}

/** How the suite gets the models of one provider. */
export interface ConformanceHarness {
  readonly can: readonly ConformanceCapability[];
  open(setup: ConformanceSetup): Promise<ConformanceSubject>;
}

/** One thing that a language model has to do. */
export interface ConformanceCase {
  readonly title: string;
  /** Default: nothing. */
  readonly needs?: readonly ConformanceCapability[];
  run(harness: ConformanceHarness): Promise<void>;
}

/** Opens a model, uses it, and disposes of it and then of what stands behind it. */
export async function using(
  harness: ConformanceHarness,
  setup: ConformanceSetup,
  use: (model: LanguageModel, subject: ConformanceSubject) => Promise<void>,
): Promise<void> {
  await using subject = await harness.open(setup);
  await using model = subject.model;
  await use(model, subject);
}
