import type { NerError } from '../../error.ts';
import type { Row } from '../../experiment/row.ts';
import type { Outcome } from '../../experiment/run.ts';
import { counted } from '../counted.ts';
import { type ExitCode, exitCodeOf, exitCodes } from '../exit-code.ts';
import { failureMessage } from '../failure-message.ts';

/** Reasons that are told; where there are more, they differ by document. */
const toldReasons = 5;

/** What went wrong with documents, over all systems. */
export interface Account {
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
  const blamed = (): string => inOrder(modelFailures, (reason, count) => `${count} × ${reason}`).join(' ');
  return {
    add({ result, error }) {
      if (error !== undefined) errors.push(error);
      if (result.degraded === undefined) return;
      degraded++;
      modelFailures.push(...result.degraded.map(({ modelId, reason }) => `${modelId}: ${reason}`));
    },
    notes: () => [
      ...inOrder(errors.map(failureMessage), (reason, count) => `${counted(count, 'failed document')}: ${reason}`),
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

/** Different reasons with how often each came, the most frequent first; of many the first few. */
function inOrder(reasons: readonly string[], told: (reason: string, count: number) => string): readonly string[] {
  const counts = Array.from(
    Map.groupBy(reasons, (reason) => reason),
    ([reason, all]) => ({ reason, count: all.length }),
  ).sort((a, b) => b.count - a.count);
  const rest = counts.slice(toldReasons);
  const others = rest.reduce((sum, { count }) => sum + count, 0);
  return [
    ...counts.slice(0, toldReasons).map(({ reason, count }) => told(reason, count)),
    ...(rest.length === 0 ? [] : [told(`${counted(rest.length, 'other reason')}.`, others)]),
  ];
}
