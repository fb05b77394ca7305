import type { NerErrorDetail } from '../error.ts';

/** What a server says to a request that it will not answer, whoever sends it again: the text is to blame, or what is asked about it. */
const refusals = new Set([400, 413, 422]);

/** Whether a model failed for what it was asked, and is itself in order. */
export function isRefusal(detail: NerErrorDetail): boolean {
  return detail.code === 'model-failed' && refusals.has(detail.status ?? 0);
}
