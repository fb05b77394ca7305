import { once } from 'node:events';
import { Writable } from 'node:stream';
import { inspect } from 'node:util';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { NerError } from '../../error.ts';
import { withBreaker } from '../../model/breaker.ts';
import { ownModels } from '../../pipeline/usual-models.ts';
import { createExtraction } from '../../server/extraction.ts';
import { problemOf } from '../../server/problem.ts';
import type { Service } from '../../server/service.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { failureMessage } from '../failure-message.ts';
import type { McpFlags } from '../flags.ts';
import { openEnsemble } from '../open-ensemble.ts';
import { openPools, poolCalled } from '../serve/pools.ts';
import { createService } from '../serve/service.ts';
import type { Terminal } from '../terminal.ts';
import { packageVersion } from '../version.ts';
import { createMcpServer, type Work } from './tools.ts';

/** Nobody counts here. */
const unmeasured = { begin: () => undefined, end: () => undefined };

/**
 * `el4ner mcp`: serves the pipeline as tools of the Model Context Protocol, on standard input and output, until the input ends or it is
 * interrupted. Models and pools are opened while the client connects; one that cannot be opened is told by each call, which tries again.
 */
export async function mcp(flags: McpFlags, terminal: Terminal): Promise<ExitCode> {
  await using opened = new AsyncDisposableStack();
  let opening: Promise<Work['recognize']> | undefined;
  const recognizer = (): Promise<Work['recognize']> => {
    opening ??= openRecognition(flags, opened, terminal).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  recognizer().catch((error: unknown) => {
    if (!terminal.signal.aborted) terminal.note(`models or pools could not be opened: ${faultOf(error, terminal)}`);
  });
  if (terminal.stdin.isTTY === true) terminal.note('an assistant is to start this and to speak with it on standard input; Ctrl-D ends it');
  const version = await packageVersion();
  const work: Work = {
    pools: flags.pool.map((flag) => poolCalled(flag).name),
    recognize: async (asked, signal) => (await recognizer())(asked, signal),
    faultOf: (error) => faultOf(error, terminal),
  };
  const transport = new StdioServerTransport(terminal.stdin, output(terminal));
  const connection = serveStdio(() => createMcpServer(version, work), {
    transport,
    onerror: (error) => terminal.note(`the connection: ${error.message}`),
  });
  await closed(transport, terminal.signal);
  await connection.close();
  await opening?.catch(() => undefined);
  return exitCodes.done;
}

/** @throws {NerError} as {@link openPools} and {@link openEnsemble} do; what was opened until then is released. */
async function openRecognition(flags: McpFlags, opened: AsyncDisposableStack, terminal: Terminal): Promise<Work['recognize']> {
  await using beginning = new AsyncDisposableStack();
  const pools = await openPools(flags.pool, beginning, terminal);
  const ensemble = await openEnsemble({ ...flags, models: flags.models ?? (await ownModels()), guard: withBreaker }, beginning, terminal);
  const service = createService({ ensemble, pools }, beginning, terminal);
  opened.use(beginning.move());
  return recognitionBy(service, flags);
}

/** Texts in their turn, within the time that each may take. */
function recognitionBy(service: Service, { workers, requestTimeout: seconds }: McpFlags): Work['recognize'] {
  const limits = { documents: 1, requests: Number.POSITIVE_INFINITY, seconds };
  const { begin } = createExtraction(service, unmeasured, { limits, workers });
  return async ({ text, ...asked }, signal) => {
    await using begun = await begin({ documents: [{ text }], trace: true, ...asked }, signal);
    for await (const result of begun.results({ signal })) {
      if (result.status === 'failed') throw result.error;
      return result;
    }
    throw new NerError('A text has no result.', { code: 'internal' });
  };
}

/** Faults of ours are told in the log, and not to the caller. */
function faultOf(error: unknown, terminal: Terminal): string {
  if (error instanceof NerError) return failureMessage(error);
  const { problem } = problemOf(error);
  if (problem.code === 'internal') terminal.note(`a call failed: ${inspect(error)}`);
  return problem.detail;
}

/** The standard output. */
function output({ print }: Terminal): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _, done) {
      print(chunk.toString()).then(() => done(), done);
    },
  });
}

/** Resolves when the other side is gone, or the signal is aborted. */
async function closed(transport: StdioServerTransport, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { onclose } = transport;
  transport.onclose = () => {
    onclose?.();
    resolve();
  };
  if (signal.aborted) return;
  await Promise.race([promise, once(signal, 'abort')]);
}
