import { STATUS_CODES } from 'node:http';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { core } from 'zod';
import { NerError, type NerErrorCode } from '../error.ts';
import type { Problem } from './schemas.ts';

/** An error that a client is told as it stands. */
export class ProblemError extends Error {
  readonly problem: Problem;
  /** Headers of the response. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, detail: string, more: Partial<Problem> = {}, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.name = 'ProblemError';
    this.problem = { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, ...more };
    this.headers = headers;
  }
}

/** A request whose content is not as it should be. */
export function invalidRequest(issues: readonly core.$ZodIssue[]): ProblemError {
  const errors = issues.map(({ path, message }) => ({ pointer: pointer(path), detail: message }));
  const [first] = errors;
  const others = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const at = first?.pointer === '' ? 'The request' : first?.pointer;
  return new ProblemError(400, `${at}: ${first?.detail}${others}`, { code: 'invalid-request', errors });
}

/**
 * The result of what is done with a part of a request.
 * @param path - to that part.
 * @throws {ProblemError} that points to it, in place of an error of `usage`.
 */
export function pointingTo<T>(path: readonly PropertyKey[], work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof NerError) || error.detail.code !== 'usage') throw error;
    const { message } = error;
    throw new ProblemError(statusOf.usage, message, { code: 'usage', errors: [{ pointer: pointer(path), detail: message }] });
  }
}

/** @see RFC 6901 */
function pointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

const statusOf: Readonly<Record<NerErrorCode, number>> = {
  usage: 422,
  'unreadable-input': 422,
  'context-overflow': 422,
  'over-budget': 422,
  'download-failed': 502,
  'model-unavailable': 503,
  'model-failed': 502,
  timeout: 504,
  'no-quorum': 502,
  'queue-unavailable': 503,
  'workers-lost': 503,
  'unwritable-output': 507,
  internal: 500,
};

/** The problem document of whatever was thrown; what a client need not know of it is left out. */
export function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof NerError) return new ProblemError(statusOf[error.detail.code], error.message, { code: error.detail.code });
  if (error instanceof HTTPException) return problemOfHttp(error);
  return new ProblemError(500, 'Something broke that should not; the log of the server tells what.', { code: 'internal' });
}

/** What middleware refuses. */
function problemOfHttp(error: HTTPException): ProblemError {
  const challenge = error.res?.headers.get('www-authenticate');
  const usual = error.status === 401 ? 'The server wants a token: "authorization: Bearer …".' : 'The request cannot be served.';
  const headers = challenge == null ? {} : { 'www-authenticate': challenge };
  return new ProblemError(error.status, error.message === '' ? usual : error.message, {}, headers);
}

export function problemResponse(context: Context, { problem, headers }: ProblemError): Response {
  return context.body(JSON.stringify(problem), problem.status as 500, { ...headers, 'content-type': 'application/problem+json' }); // one of those that there are
}
