#!/usr/bin/env node
// Old versions of Node must be able to parse this file: it is what tells their users what is wrong.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(import.meta.url);
const program = new URL('../dist/cli/main.js', import.meta.url);
const required = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).engines.node;

/** Whether a version such as `22.18.0` satisfies `required`, which is always of the form `>=22.18`. */
function isRecentEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  const [leastMajor, leastMinor = 0] = required.replace('>=', '').split('.').map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

/** Path of the Node that npm installed beside this package (tools/runtime asks for it); `undefined` where there is none for this machine. */
function bundledNode() {
  try {
    const manifest = createRequire(launcher).resolve(`node-${process.platform}-${process.arch}/package.json`);
    const { version } = JSON.parse(readFileSync(manifest, 'utf8'));
    return isRecentEnough(version) ? join(dirname(manifest), 'bin', 'node') : undefined;
  } catch {
    return undefined;
  }
}

function fail(message) {
  process.stderr.write(`el4ner: ${message}\n`);
  process.exitCode = 2;
}

function failTooOld() {
  fail(`expected Node ${required}, but this is Node ${process.versions.node}. Install a newer one from https://nodejs.org and try again.`);
}

/** Runs this file again with another Node, which takes over the standard streams, the signals and the exit code. */
function relaunch(node) {
  const child = spawn(node, [...process.execArgv, launcher, ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends its signals to both processes: passed on, one Ctrl-C would look like two.
  const terminal = [0, 1, 2].some((descriptor) => isatty(descriptor));
  for (const signal of ['SIGINT', 'SIGHUP']) {
    process.on(signal, () => {
      if (!terminal) child.kill(signal);
    });
  }
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', failTooOld);
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
    if (signal === null) return;
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

if (isRecentEnough(process.versions.node)) {
  if (existsSync(program)) void import(program.href);
  else fail(`expected the compiled program at ${fileURLToPath(program)}, but there is none. Run \`npm run prepare\` and try again.`);
} else {
  const node = bundledNode();
  if (node === undefined) failTooOld();
  else relaunch(node);
}
