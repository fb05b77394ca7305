import { NerError } from '../../error.ts';
import type { QueueAddress } from './queue-address.ts';

/** The error of a server that is not there. */
export function queueUnavailable({ shown, redact }: QueueAddress, cause: unknown): NerError {
  const reason = redact(reasonOf(cause));
  return new NerError(
    `The queue at ${shown} does not answer: ${reason} What was done is kept; once it answers, the same command with --resume goes on.`,
    { code: 'queue-unavailable' },
  ); // without the cause, which may hold the password
}

function reasonOf(cause: unknown): string {
  const errors = cause instanceof AggregateError ? cause.errors : [cause];
  const text = errors.some(isOfRetries)
    ? 'the connection was lost'
    : errors.map((error) => (error instanceof Error ? error.message : String(error))).join(', ');
  return /[.!?]$/.test(text) ? text : `${text || 'no reason is known'}.`;
}

/** ioredis says no more than that it gave up. */
function isOfRetries(error: unknown): boolean {
  return error instanceof Error && error.name === 'MaxRetriesPerRequestError';
}

const connectionCodes = /^(?:E(?:CONN\w+|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|NOTFOUND|AI_AGAIN)|57P0[123]|08\w{3}|53300)$/;
const connectionMessages =
  /connection (?:is closed|terminated|timeout)|max(?:imum number of)? retries per request|stream isn't writeable|^LOADING |socket closed|read-only|READONLY/i;

/** Whether an error says that the server is away for now. */
export function isOfConnection(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isOfConnection);
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return connectionCodes.test(code) || connectionMessages.test(error.message) || isOfRetries(error);
}
