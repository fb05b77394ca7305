import { NerError } from '../error.ts';
import { bundledUris } from '../model/bundled.ts';
import { llamaRuntime } from '../model/llama/runtime.ts';
import { openModel } from '../model/open.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import type { DoctorFlags } from './flags.ts';
import type { Terminal } from './terminal.ts';

/** What one check found. */
interface Finding {
  readonly ok: boolean;
  readonly subject: string;
  readonly outcome: string;
}

/** `el4ner doctor`: whether all that is needed is there, and how fast it is. Each check is printed as soon as it is made. */
export async function doctor({ models, timeout }: DoctorFlags, terminal: Terminal): Promise<ExitCode> {
  const { signal, colours } = terminal;
  const uris = models ?? (await bundledUris());
  const timeoutMs = timeout === undefined ? {} : { timeoutMs: timeout * 1000 };
  const checks = [
    async () => ({ ok: true, subject: 'node', outcome: `${process.versions.node} on ${process.platform} ${process.arch}` }),
    checkRuntime,
    ...uris.map((uri) => () => checkModel(uri, { environment: terminal.environment, ...timeoutMs }, signal)),
  ];
  const width = Math.max('llama.cpp'.length, ...uris.map((uri) => uri.length));
  let isSound = true;
  for (const check of checks) {
    signal.throwIfAborted();
    const { ok, subject, outcome } = await check();
    isSound &&= ok;
    await terminal.print(`${ok ? colours.green('ok  ') : colours.red('FAIL')}  ${subject.padEnd(width)}  ${outcome}\n`);
  }
  return isSound ? exitCodes.done : exitCodes.unavailable;
}

async function checkRuntime(): Promise<Finding> {
  const subject = 'llama.cpp';
  try {
    const llama = await llamaRuntime('auto');
    const devices = llama.gpu === false ? [] : await llama.getGpuDeviceNames();
    const device = llama.gpu === false ? 'no GPU' : `${llama.gpu} on ${devices.join(', ')}`;
    const { llamaCppRelease, buildType, cpuMathCores } = llama;
    return { ok: true, subject, outcome: `${llamaCppRelease.release} (${buildType}), ${cpuMathCores} processor cores, ${device}` };
  } catch (error) {
    return { ok: false, subject, outcome: error instanceof Error ? error.message : String(error) };
  }
}

const sample = {
  kind: 'extract',
  types: [{ name: 'person' }, { name: 'location' }],
  demonstrations: [],
  text: 'Marie Curie was born in Warsaw and studied in Paris, where she later taught.',
} as const;

/** Loads a model and has it extract from one sentence; of a server that is the first request. */
async function checkModel(uri: string, options: Parameters<typeof openModel>[1], signal: AbortSignal): Promise<Finding> {
  try {
    const started = performance.now();
    await using model = await openModel(uri, options);
    const loadMs = performance.now() - started;
    const { ok, usage, durationMs } = await model.answer<'extract'>(sample, signal);
    const speed = ((usage.promptTokens + usage.replyTokens) / durationMs) * 1000;
    const reply = ok ? '' : '; its reply to a sample task made no sense';
    return {
      ok: true,
      subject: uri,
      outcome: `ready in ${loadMs.toFixed(0)} ms, ${speed.toFixed(0)} tokens/s in ${durationMs.toFixed(0)} ms${reply}`,
    };
  } catch (error) {
    if (!(error instanceof NerError) || error.detail.code === 'usage') throw error;
    return { ok: false, subject: uri, outcome: error.message };
  }
}
