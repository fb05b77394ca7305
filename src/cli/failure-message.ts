import type { NerError } from '../error.ts';

/** What to tell of an error. If no model replied at all, what became of each of them is more to the point than that none did. */
export function failureMessage({ message, detail }: NerError): string {
  if (detail.code !== 'no-quorum' || detail.answered > 0) return message;
  return [...new Set(detail.failures.map(failureMessage))].join(' ');
}
