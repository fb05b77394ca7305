import { NerError } from '../error.ts';
import type { Task, TaskKind } from '../prompting/task.ts';
import type { Answer, LanguageModel } from './language-model.ts';
import { isRefusal } from './refusal.ts';

/** What a breaker has done so far. */
export interface BreakerRecord {
  readonly modelId: string;
  /** How often it has opened. */
  readonly openings: number;
  /** Calls that were refused without asking the model. */
  readonly refused: number;
  /** Why it opened last. */
  readonly reason: string;
  readonly isOpen: boolean;
}

export interface BreakerOptions {
  /** Milliseconds from any moment. */
  readonly now?: () => number;
}

/** Failures in a row after which a model is left out, … */
const failuresToOpen = 5;
/** … for so long at first, in milliseconds, twice as long each time that it fails again, … */
const firstPauseMs = 5_000;
/** … but no longer than this. */
const longestPauseMs = 300_000;

/** A model behind a breaker, and what that has done. */
export interface GuardedModel extends LanguageModel {
  readonly breaker: () => BreakerRecord;
}

/**
 * The same model, which is not asked for a while once it has failed several times in a row, so that an ensemble goes on without waiting for it. After
 * the pause one call tries it; if that goes well all do again. What a text is to blame for, and aborts, are no failures.
 * @throws from `answer` {NerError} `model-unavailable` while it is left out.
 */
export function withBreaker(model: LanguageModel, { now = () => performance.now() }: BreakerOptions = {}): GuardedModel {
  const state = { failures: 0, openings: 0, refused: 0, reason: '', isTrying: false };
  let pauseMs = firstPauseMs;
  let openUntilMs: number | undefined;

  /** @returns whether the call tries a model that was left out. */
  function admit(): boolean {
    if (openUntilMs === undefined) return false;
    const waitMs = openUntilMs - now();
    if (waitMs <= 0 && !state.isTrying) {
      state.isTrying = true;
      return true;
    }
    state.refused++;
    const again = state.isTrying ? 'It is being tried again.' : `It is tried again in ${Math.ceil(waitMs / 1000)} s.`;
    throw new NerError(`${model.id} is left out since ${failuresToOpen} calls in a row failed, the last one so: ${state.reason} ${again}`, {
      code: 'model-unavailable',
      modelId: model.id,
    });
  }

  function succeed(): void {
    Object.assign(state, { failures: 0, isTrying: false });
    openUntilMs = undefined;
    pauseMs = firstPauseMs;
  }

  function fail(error: NerError, isTrial: boolean): void {
    state.failures++;
    state.reason = error.message;
    if (!isTrial && state.failures < failuresToOpen) return;
    if (!isTrial && openUntilMs !== undefined) return; // it was sent before the breaker opened
    if (isTrial) pauseMs = Math.min(2 * pauseMs, longestPauseMs);
    else state.openings++;
    if (isTrial) state.isTrying = false;
    openUntilMs = now() + pauseMs;
  }

  return {
    ...model,
    breaker: () => ({
      modelId: model.id,
      openings: state.openings,
      refused: state.refused,
      reason: state.reason,
      isOpen: openUntilMs !== undefined,
    }),
    async answer<K extends TaskKind>(task: Extract<Task, { kind: K }>, signal: AbortSignal): Promise<Answer<K>> {
      signal.throwIfAborted();
      const isTrial = admit();
      try {
        const answer = await model.answer<K>(task, signal);
        succeed();
        return answer;
      } catch (error) {
        if (!signal.aborted && isOfModel(error)) fail(error, isTrial);
        else if (isTrial) state.isTrying = false;
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}

/** Whether a failure is of the model, and not of what it was asked. */
function isOfModel(error: unknown): error is NerError {
  return (
    error instanceof NerError && ['model-unavailable', 'model-failed', 'timeout'].includes(error.detail.code) && !isRefusal(error.detail)
  );
}
