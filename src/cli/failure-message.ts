import { NerError } from '../error.ts';

/**
 * What to tell of an error. If no model replied at all, what became of each of them is more to the point than that none did. An error that says more of
 * another one, as that which ends a run does, keeps its own words around it.
 */
export function failureMessage({ message, detail, cause }: NerError): string {
  if (cause instanceof NerError && cause.detail === detail) return message.replace(cause.message, () => failureMessage(cause));
  if (detail.code !== 'no-quorum' || detail.answered > 0) return message;
  return [...new Set(detail.failures.map(failureMessage))].join(' ');
}
