import type { NerError, NerErrorDetail } from '../error.ts';

/** What the process says by its exit code. */
export const exitCodes = {
  done: 0,
  /** Some documents failed, or the program has a fault. */
  failed: 1,
  /** Usage or configuration. */
  usage: 2,
  /** A model or a service is not available. */
  unavailable: 3,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The exit code for an error that ended the run. */
export function exitCodeOf(detail: NerErrorDetail): ExitCode {
  switch (detail.code) {
    case 'usage':
    case 'unreadable-input':
    case 'context-overflow':
      return exitCodes.usage;
    case 'download-failed':
    case 'model-unavailable':
    case 'model-failed':
    case 'timeout':
    case 'queue-unavailable':
      return exitCodes.unavailable;
    case 'over-budget':
    case 'unwritable-output':
    case 'workers-lost':
    case 'internal':
      return exitCodes.failed;
    case 'no-quorum':
      // Where no model could have answered, the models are not what is missing.
      return detail.failures.every((failure) => exitCodeOf(failure.detail) === exitCodes.usage) ? exitCodes.usage : exitCodes.unavailable;
    default:
      return detail satisfies never;
  }
}

/** What failures of documents amount to, of which others were done. */
export function exitCodeAfter(failures: readonly NerError[], done: number): ExitCode {
  if (failures.length === 0) return exitCodes.done;
  const isUnavailable = done === 0 && failures.every(({ detail }) => exitCodeOf(detail) === exitCodes.unavailable);
  return isUnavailable ? exitCodes.unavailable : exitCodes.failed;
}
