import { NerError } from '../error.ts';

/** The failure of a model that took longer than `timeoutMs` for a reply. */
export function timeout(modelId: string, timeoutMs: number): NerError {
  const message = `${modelId} did not answer within ${timeoutMs / 1000} s. Allow more time, or ask a smaller or less busy model.`;
  return new NerError(message, { code: 'timeout', modelId, timeoutMs });
}
