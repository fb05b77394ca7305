import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { NerError, type NerErrorCode } from '../../error.ts';
import { bundledUris } from '../../model/bundled.ts';
import type { OpenModelOptions } from '../../model/open.ts';
import { withoutSecrets } from '../../model/server-url.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import type { ModelsBenchFlags } from '../flags.ts';
import { printable } from '../printable.ts';
import { alignedTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { measureSpeed, type Speed } from './speed.ts';

/** What came of one model; the shape that `--json` prints a list of. */
type Measurement =
  | ({ readonly uri: string; readonly status: 'measured' } & Speed)
  | { readonly uri: string; readonly status: 'failed'; readonly error: { readonly code: NerErrorCode; readonly message: string } };

/**
 * `el4ner models bench`: how long models take to load and to answer here, and the memory that they take. A model that fails is a row.
 * @param uris - without any, the bundled models.
 */
export async function benchModels(uris: readonly string[], { json, timeout }: ModelsBenchFlags, terminal: Terminal): Promise<ExitCode> {
  const wanted = uris.length > 0 ? uris : await bundledUris();
  const measurements: Measurement[] = [];
  for (const uri of wanted) {
    terminal.progress(`Measuring ${withoutSecrets(uri)}`);
    measurements.push(await (wanted.length === 1 ? measure(uri, timeout, terminal) : measureApart(uri, timeout, terminal.signal)));
  }
  await terminal.print(json ? `${JSON.stringify(measurements, null, 2)}\n` : render(measurements, terminal));
  const codes = measurements.flatMap((measurement) => (measurement.status === 'failed' ? [measurement.error.code] : []));
  if (codes.length === 0) return exitCodes.done;
  return codes.includes('usage') ? exitCodes.usage : exitCodes.unavailable;
}

async function measure(uri: string, timeout: number | undefined, { environment, signal }: Terminal): Promise<Measurement> {
  const options: OpenModelOptions = { environment, ...(timeout === undefined ? {} : { timeoutMs: timeout * 1000 }) };
  try {
    return { uri, status: 'measured', ...(await measureSpeed(uri, options, signal)) };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof NerError)) throw error;
    return { uri: withoutSecrets(uri), status: 'failed', error: { code: error.detail.code, message: error.message } };
  }
}

/** Measures in a process of its own, since what one model leaves in memory is there for the next one to use. */
async function measureApart(uri: string, timeout: number | undefined, signal: AbortSignal): Promise<Measurement> {
  const [, program = ''] = process.argv;
  const flags = ['models', 'bench', '--json', ...(timeout === undefined ? [] : ['--timeout', String(timeout)])];
  const child = spawn(process.execPath, [...process.execArgv, program, ...flags, '--', uri], { stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = (): void => void child.kill('SIGINT');
  signal.addEventListener('abort', stop);
  try {
    const [output, [code, name]] = await Promise.all([text(child.stdout), once(child, 'close')]);
    signal.throwIfAborted();
    const [measurement] = output === '' ? [] : (JSON.parse(output) as readonly Measurement[]); // this program wrote it
    if (measurement !== undefined) return measurement;
    const message = `The process that measured ${withoutSecrets(uri)} ended with ${name ?? code} before it was done.`;
    return { uri: withoutSecrets(uri), status: 'failed', error: { code: 'internal', message } };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function render(measurements: readonly Measurement[], { colours }: Terminal): string {
  const header = [
    'model',
    'load ms',
    'MB before',
    'MB after',
    'prompt tokens/s',
    'reply tokens/s',
    'extract ms',
    'classify ms',
    'verify ms',
  ];
  const rows = measurements.map((measurement) => [printable(measurement.uri), ...cells(measurement)]);
  const isFailure = (row: number): boolean => measurements[row - 1]?.status === 'failed';
  const table = alignedTable([[...header, ''], ...rows], {
    right: header.map((_, column) => column).slice(1),
    style: (cell, column, row) => (row === 0 ? colours.dim(cell) : column === header.length && isFailure(row) ? colours.red(cell) : cell),
  });
  return `${table.map((line) => line.trimEnd()).join('\n')}\n`;
}

function cells(measurement: Measurement): readonly string[] {
  if (measurement.status === 'failed') return [...Array.from({ length: 8 }, () => '–'), `FAIL: ${printable(measurement.error.message)}`];
  const { loadMs, residentBytes, promptTokensPerSecond, replyTokensPerSecond, taskMs } = measurement;
  const rounded = (value: number | undefined | null): string => (value === undefined || value === null ? '–' : value.toFixed(0));
  const megabytes = (bytes: number | undefined): string => rounded(bytes === undefined ? undefined : bytes / 1e6);
  return [
    rounded(loadMs),
    megabytes(residentBytes?.before),
    megabytes(residentBytes?.after),
    rounded(promptTokensPerSecond),
    rounded(replyTokensPerSecond),
    taskMs.extract.toFixed(1),
    taskMs.classify.toFixed(1),
    taskMs.verify.toFixed(1),
    '',
  ];
}
