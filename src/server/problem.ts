import { STATUS_CODES } from 'node:http';
import type { Context, HonoRequest } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { core } from 'zod';
import { NerError, type NerErrorCode } from '../error.ts';
import type { Problem } from './schemas.ts';

/** What a program can act on. */
type ForPrograms = Pick<Problem, 'errors'> & { readonly code: string };

/** An error that a client is told as it stands. */
export class ProblemError extends Error {
  readonly problem: Problem & ForPrograms;
  /** Headers of the response. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, detail: string, more: ForPrograms, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.name = 'ProblemError';
    this.problem = { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, ...more };
    this.headers = headers;
  }
}

/** A request whose content is not as it should be. */
export function invalidRequest(issues: readonly core.$ZodIssue[]): ProblemError {
  const errors = issues.flatMap(faults);
  const [first] = errors;
  const others = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const at = first?.pointer === '' ? 'The request' : first?.pointer;
  return new ProblemError(400, `${at}: ${first?.detail}${others}`, { code: 'invalid-request', errors });
}

/** Of something that may have one of several forms, the faults of the form that it has, if that can be told. */
function faults(issue: core.$ZodIssue): { readonly pointer: string; readonly detail: string }[] {
  const { path, message } = issue;
  const meant = issue.code === 'invalid_union' ? issue.errors.filter((form) => !form.some(isOfAnotherKind)) : [];
  const [form] = meant;
  if (form === undefined || meant.length > 1) return [{ pointer: pointer(path), detail: message }];
  return form.flatMap((inside) => faults({ ...inside, path: [...path, ...inside.path] }));
}

function isOfAnotherKind({ code, path }: core.$ZodIssue): boolean {
  return code === 'invalid_type' && path.length === 0;
}

/** A request with other content than JSON. */
export function expectedJson(): ProblemError {
  return new ProblemError(415, 'Expected JSON, said to be so: send the header "content-type: application/json".', { code: 'not-json' });
}

/** A request whose text cannot be parsed as JSON; where, is told as far as the parser knows. */
export function malformedJson(text: string): ProblemError {
  let reason = 'It cannot be parsed';
  try {
    JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) reason = error.message;
  }
  return new ProblemError(400, `The request is said to be JSON, and is not: ${reason}.`, { code: 'malformed-json' });
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
    throw pointed(path, error);
  }
}

/** The same, at the part of another request that it was made of. */
export function problemAt(path: readonly PropertyKey[], { problem }: ProblemError): ProblemError {
  const { status, detail, code, errors = [] } = problem;
  return new ProblemError(status, detail, { code, errors: errors.map((error) => ({ ...error, pointer: pointer(path) })) });
}

/** An error of `usage` as one that points to a part of the request; others as they are. */
export function pointed(path: readonly PropertyKey[], error: unknown): unknown {
  if (!(error instanceof NerError) || error.detail.code !== 'usage') return error;
  const { message } = error;
  return new ProblemError(statusOf.usage, message, { code: 'usage', errors: [{ pointer: pointer(path), detail: message }] });
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
  if (error instanceof HTTPException) return problemOfHttp(error);
  const { code } = error instanceof NerError ? error.detail : { code: 'internal' as const };
  if (error instanceof NerError && !isFault(error)) return new ProblemError(statusOf[code], error.message, { code });
  if (code === 'unwritable-output')
    return new ProblemError(statusOf[code], 'A file of the server cannot be written; its log tells which, and why.', { code });
  return new ProblemError(500, 'Something broke that should not; the log of the server tells what.', { code: 'internal' });
}

/** Whether it is for whoever keeps the server, who alone is to know its files. */
export function isFault(error: unknown): boolean {
  if (error instanceof NerError) return error.detail.code === 'internal' || 'path' in error.detail;
  return !(error instanceof ProblemError || error instanceof HTTPException);
}

/** The problem document of what was thrown while a request was served. */
export async function problemOfRequest(error: unknown, request: HonoRequest): Promise<ProblemError> {
  const isUnparsed = error instanceof HTTPException && error.status === 400 && error.res === undefined;
  return isUnparsed ? malformedJson(await request.text()) : problemOf(error);
}

/** What middleware refuses. */
function problemOfHttp(error: HTTPException): ProblemError {
  if (error.status === 415) return expectedJson();
  const challenge = error.res?.headers.get('www-authenticate') ?? undefined;
  if (challenge !== undefined) return wantsToken(challenge.includes('invalid_token'), { 'www-authenticate': challenge });
  return new ProblemError(error.status, 'The request cannot be served.', { code: 'invalid-request' });
}

function wantsToken(isAnother: boolean, headers: Readonly<Record<string, string>>): ProblemError {
  const detail = isAnother ? 'The token that came is not that of the server' : 'The server wants a token';
  return new ProblemError(401, `${detail}; expected the header "authorization: Bearer TOKEN".`, { code: 'unauthorized' }, headers);
}

export function problemResponse(context: Context, { problem, headers }: ProblemError): Response {
  return context.body(JSON.stringify(problem), problem.status as 500, { ...headers, 'content-type': 'application/problem+json' }); // one of those that there are
}
