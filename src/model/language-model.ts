import type { ReplyFault, Usage } from '../prompting/dialect.ts';
import type { Task, TaskData, TaskKind } from '../prompting/task.ts';
import type { PromptSize } from './prompt-size.ts';

/** One prompt and what came back, for the trace. */
export interface Exchange {
  /** The prompt as text, control tokens spelled out. */
  readonly prompt: string;
  readonly reply: string;
  readonly finishReason: 'stop' | 'length' | 'other';
}

/** What is known of every answer, good or bad. */
interface AnswerRecord {
  readonly exchanges: readonly Exchange[];
  readonly usage: Usage;
  readonly durationMs: number;
  /** Whether a reply was cut off at the token limit; what came before the cut is used. */
  readonly cutOff: boolean;
  /** Demonstrations left out, least similar first, because the prompt did not fit the model's context. */
  readonly droppedDemonstrations: number;
  /** Where it was kept from before: nobody was asked, and usage and duration are of the time when it was made. */
  readonly replayed?: true;
}

/** A model's answer to a task: data, or the fault of a reply that made no sense. */
export type Answer<K extends TaskKind = TaskKind> = AnswerRecord &
  ({ readonly ok: true; readonly data: TaskData[K] } | { readonly ok: false; readonly fault: ReplyFault });

/** The answer, given once more without asking anybody. */
export function replayed<K extends TaskKind>(answer: Answer<K>): Answer<K> {
  return { ...answer, replayed: true };
}

/** Who runs a model, and what it is called there, in the words of OpenTelemetry's GenAI semantic conventions. */
export interface ModelOrigin {
  /** For example `openai`, `ollama`, `llama.cpp`. */
  readonly provider: string;
  readonly model: string;
  /** Left out for a model in this process. */
  readonly server?: { readonly address: string; readonly port: number };
}

/** The port to a model: a stage asks a task and gets data; it never sees a prompt. */
export interface LanguageModel extends AsyncDisposable {
  /** Set by a member that answers like a language model and is none: it has no prompts, and does not count as a model or as a call. */
  readonly kind?: 'tagger';
  /** The model's URI, unique in an ensemble, for example `nano:social`. */
  readonly id: string;
  /** Who runs it, for telemetry. Default: provider `custom`, and its id. */
  readonly origin?: ModelOrigin;
  /** Name and version of its dialect, for example `nano@1`. */
  readonly dialect: string;
  /** Longest text, in UTF-16 code units, that it should be given at once; longer ones are split into windows. */
  readonly textLimit: number;
  /** Length of text, in UTF-16 code units, up to which it is at its best; windows of several sentences are no longer. Default: `textLimit`. */
  readonly windowLength?: number;
  /** What its vote weighs in an ensemble whose models all have such a weight, above 0; see `RecognizerOptions.weights`. */
  readonly weight?: number;
  /** The size of a task's longest prompt, by the model's own tokens or by an estimate; left out by a model that cannot tell. */
  measure?(task: Task): PromptSize;
  /**
   * Answers one task. Calls may overlap; the model queues what it cannot do at once.
   * @throws {NerError} `model-unavailable`, `model-failed`, `timeout` or `context-overflow`.
   * @throws `signal.reason` once the signal is aborted.
   */
  answer<K extends TaskKind>(task: Extract<Task, { kind: K }>, signal: AbortSignal): Promise<Answer<K>>;
}
