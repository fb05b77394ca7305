import type { NerErrorDetail } from '../error.ts';
import { isRefusal } from '../model/refusal.ts';

/** Whether a document failed for want of models, and not for what it is, so that others would fail, too. */
export function isOutage(detail: NerErrorDetail): boolean {
  switch (detail.code) {
    case 'model-unavailable':
    case 'timeout':
      return true;
    case 'model-failed':
      return !isRefusal(detail);
    case 'no-quorum':
      return detail.failures.some((failure) => isOutage(failure.detail));
    default:
      return false;
  }
}
