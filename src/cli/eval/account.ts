import type { NerError } from '../../error.ts';
import type { Row } from '../../experiment/row.ts';
import type { Outcome } from '../../experiment/run.ts';
import type { Preparation } from '../../pipeline/preparation.ts';
import { counted } from '../counted.ts';
import { type ExitCode, exitCodeOf, exitCodes } from '../exit-code.ts';
import { failureMessage } from '../failure-message.ts';
import { preparationNotes } from '../preparation-notes.ts';
import { frequentReasons } from '../reasons.ts';

/** What went wrong, over all systems. */
export interface Account {
  prepared(preparation: Preparation): void;
  add(outcome: Outcome): void;
  /** Each reason once, with how often it occurred, the most frequent first. */
  notes(): readonly string[];
  /** What the outcomes that were added and the rows made of them amount to. */
  exitCode(rows: readonly Row[]): ExitCode;
}

export function createAccount(): Account {
  const errors: NerError[] = [];
  let degraded = 0;
  const modelFailures: string[] = [];
  /** Systems that share a pool have the same to tell about it. */
  const preparations = new Set<string>();
  const blamed = (): string =>
    frequentReasons(modelFailures)
      .map(({ reason, count }) => `${count} × ${reason}`)
      .join(' ');
  return {
    prepared(preparation) {
      for (const line of preparationNotes(preparation)) preparations.add(line);
    },
    add({ result, error }) {
      if (error !== undefined) errors.push(error);
      if (result.degraded === undefined) return;
      degraded++;
      modelFailures.push(...result.degraded.map(({ modelId, reason }) => `${modelId}: ${reason}`));
    },
    notes: () => [
      ...preparations,
      ...frequentReasons(errors.map(failureMessage)).map(({ reason, count }) => `${counted(count, 'failed document')}: ${reason}`),
      ...(degraded === 0 ? [] : [`${counted(degraded, 'degraded document')}, decided without a model that failed: ${blamed()}`]),
    ],
    exitCode(rows) {
      if (rows.every(({ failed }) => failed === 0)) return exitCodes.done;
      const isUnavailable =
        rows.every(({ failed, documents }) => failed === documents) &&
        errors.every(({ detail }) => exitCodeOf(detail) === exitCodes.unavailable);
      return isUnavailable ? exitCodes.unavailable : exitCodes.failed;
    },
  };
}
