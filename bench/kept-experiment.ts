import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Experiment } from '../src/experiment/experiment.ts';

const cli = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));

/**
 * What `el4ner eval` with these flags comes to. An experiment that the file has is not run again, and one that was broken off goes on by the
 * journal beside the file.
 */
export async function keptExperiment(json: string, flags: readonly string[]): Promise<Experiment> {
  const kept = await readFile(json, 'utf8').catch(() => undefined);
  if (kept === undefined) {
    await promisify(execFile)(process.execPath, [cli, 'eval', ...flags, '--journal', `${json}.journal`, '--json', json], {
      maxBuffer: 2 ** 26,
    });
  }
  return JSON.parse(kept ?? (await readFile(json, 'utf8'))) as Experiment; // `eval --json` wrote it
}
