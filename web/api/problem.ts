import type { Problem } from '../../src/server/schemas.ts';

/** What the server refused, or could not even be asked. */
export class ServerProblem extends Error {
  readonly problem: Problem;
  /** Seconds after which to come again, where the server tells. */
  readonly retryAfter: number | undefined;

  constructor(problem: Problem, retryAfter?: number) {
    super(problem.detail);
    this.name = 'ServerProblem';
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

/** The problem that a response tells, or one made of its status where it tells none. */
export async function problemOf(response: Response): Promise<ServerProblem> {
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  const body: unknown = await response.json().catch(() => undefined);
  const told = typeof body === 'object' && body !== null && 'detail' in body && typeof body.detail === 'string';
  const problem = told
    ? (body as Problem) // the server's own
    : { type: 'about:blank', title: response.statusText, status: response.status, detail: `The server answered with ${response.status}.` };
  return new ServerProblem(problem, Number.isFinite(retryAfter) ? retryAfter : undefined);
}

/** The server cannot be reached. */
export function unreachable(): ServerProblem {
  const detail = 'The server does not answer. Is "el4ner serve" still running?';
  return new ServerProblem({ type: 'about:blank', title: 'No answer', status: 0, detail, code: 'unreachable' });
}

/** A file cannot be sent: it is not UTF-8. */
export function unreadable(name: string): ServerProblem {
  const detail = `${name} is not UTF-8. Convert the file to UTF-8 and try again.`;
  return new ServerProblem({ type: 'about:blank', title: 'Not read', status: 0, detail, code: 'unreadable-input' });
}

/**
 * The fault that concerns a field of the request, if there is one.
 * @param pointer - RFC 6901; a fault inside of what it points to counts.
 */
export function faultAt(problem: Problem | undefined, pointer: string): string | undefined {
  return problem?.errors?.find((error) => error.pointer === pointer || error.pointer.startsWith(`${pointer}/`))?.detail;
}
