/**
 * Runs one of the checkers in tools/node_modules: `node tools/run.js biome check`.
 * Installs them first (`npm ci` in this folder) where they are missing or older than their lock file, so that only those
 * who change the code ever download them.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

const folder = import.meta.dirname;
const shell = process.platform === 'win32';

/** Ends this process with the command's exit code, unless that is 0. */
function run(command, args, { cwd, stdout }) {
  const { status, error } = spawnSync(command, args, { cwd, shell, stdio: ['inherit', stdout, 'inherit'] });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

const [checker, ...args] = process.argv.slice(2);
if (checker === undefined) throw new Error('Expected the name of a checker, as in `node tools/run.js biome check`.');

const lock = join(folder, 'package-lock.json');
const installed = join(folder, 'node_modules', '.package-lock.json');
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  console.error('Installing the checkers (npm ci in tools/)');
  run('npm', ['ci'], { cwd: folder, stdout: process.stderr.fd }); // the standard output is the checker's
}
run(join(folder, 'node_modules', '.bin', checker), args, { cwd: process.cwd(), stdout: 'inherit' });
