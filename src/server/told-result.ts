import type { FailedRecognition, Recognition } from '../pipeline/recognition.ts';
import { type FailedResult, type Result, resultOf } from '../pipeline/result.ts';
import { isFault, problemOf } from './problem.ts';
import type { ExtractRequest } from './schemas.ts';

/**
 * A document as clients get it; of an error that is a fault of the server they are told no more than that.
 * @param onFault - is told the rest.
 */
export function toldResult(
  result: Recognition | FailedRecognition,
  request: Pick<ExtractRequest, 'trace'>,
  onFault: (error: unknown) => void,
): Result | FailedResult {
  if (result.status === 'recognized' || !isFault(result.error)) return resultOf(result, request);
  onFault(result.error);
  const { id, text, error } = result;
  const { code, detail } = problemOf(error).problem;
  return { id, text, error: { code, message: detail } };
}
