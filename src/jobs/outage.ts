import type { NerErrorDetail } from '../error.ts';

/** What a server says to a request that it will not answer, whoever sends it again: the document is to blame, or what it is asked with. */
const refusals = new Set([400, 413, 422]);

/** Whether a document failed for want of models, and not for what it is, so that others would fail, too. */
export function isOutage(detail: NerErrorDetail): boolean {
  switch (detail.code) {
    case 'model-unavailable':
    case 'timeout':
      return true;
    case 'model-failed':
      return !refusals.has(detail.status ?? 0);
    case 'no-quorum':
      return detail.failures.some((failure) => isOutage(failure.detail));
    default:
      return false;
  }
}
