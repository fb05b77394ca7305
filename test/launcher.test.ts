import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';

const repository = dirname(import.meta.dirname);
const bundledNode = join('node_modules', `node-${process.platform}-${process.arch}`);
const oldNode = process.env['PATH']
  ?.split(delimiter)
  .map((folder) => join(folder, 'node'))
  .find((node) => existsSync(node) && Number(execFileSync(node, ['-p', 'parseInt(process.versions.node)'])) < 22);

/** Stands in for the compiled program: does what its first argument says and prints its Node's major version and the other arguments. */
const program = `
const [deed, ...others] = process.argv.slice(2);
if (deed === 'exit') process.exitCode = 7;
if (deed === 'echo') process.stdin.pipe(process.stdout);
if (deed === 'wait' || deed === 'clean-up') setInterval(() => {}, 1000);
if (deed === 'clean-up') for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(9));
console.log([parseInt(process.versions.node), ...others].join(' '));
`;

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Waits for a process to end, and with a signal sends it that one as soon as it prints something. */
async function ending(child: ChildProcessWithoutNullStreams, sent?: 'SIGINT' | 'SIGTERM'): Promise<Ending> {
  if (sent !== undefined) child.stdout.once('data', () => child.kill(sent));
  const [stdout, stderr, [code, signal]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, signal, stdout, stderr };
}

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

describe('bin/el4ner.js', () => {
  let scratch: string;
  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'el4ner-launcher-'));
  });
  after(() => rm(scratch, { recursive: true }));

  /** The path of the launcher of an installed package. */
  async function installed(parts: { readonly compiled: boolean; readonly bundled: 'no' | 'yes' | 'outdated' }): Promise<string> {
    const root = await mkdtemp(join(scratch, 'package-'));
    for (const path of ['bin', 'package.json']) await cp(join(repository, path), join(root, path), { recursive: true });
    if (parts.compiled) await write(join(root, 'dist', 'cli', 'main.js'), program);
    if (parts.bundled === 'outdated') await write(join(root, bundledNode, 'package.json'), '{ "version": "22.0.0" }');
    if (parts.bundled === 'yes') {
      await mkdir(join(root, 'node_modules'));
      await symlink(join(repository, bundledNode), join(root, bundledNode));
    }
    return join(root, 'bin', 'el4ner.js');
  }

  test('runs the program in its own process on a recent Node', async () => {
    const launcher = await installed({ compiled: true, bundled: 'no' });
    const child = spawn(process.execPath, [launcher, 'exit', 'a', 'b c']);
    assert.deepEqual(await ending(child), {
      code: 7,
      signal: null,
      stdout: `${Number.parseInt(process.versions.node, 10)} a b c\n`,
      stderr: '',
    });
  });

  test('says what to do in a checkout that has not been built', async () => {
    const launcher = await installed({ compiled: false, bundled: 'no' });
    const { code, stderr } = await ending(spawn(process.execPath, [launcher]));
    assert.equal(code, 2);
    assert.match(stderr, /^el4ner: expected the compiled program .* Run `npm run prepare` and try again\.\n$/);
  });

  describe('on a Node that is too old', { skip: oldNode === undefined && 'the PATH has no Node older than 22' }, () => {
    const node = oldNode ?? '';

    for (const bundled of ['no', 'outdated'] as const) {
      test(`says what to do (bundled Node: ${bundled})`, async () => {
        const { code, stdout, stderr } = await ending(spawn(node, [await installed({ compiled: true, bundled })]));
        assert.equal(code, 2);
        assert.equal(stdout, '');
        assert.match(stderr, /^el4ner: expected Node >=\d+\.\d+, but this is Node \d+\.\d+\.\d+\. Install .*\n$/);
      });
    }

    describe('with the bundled one', { skip: !existsSync(join(repository, bundledNode)) && 'npm has no Node for this machine' }, () => {
      let launcher: string;
      before(async () => {
        launcher = await installed({ compiled: true, bundled: 'yes' });
      });

      test('runs the program with it and passes arguments, input and exit code through', async () => {
        const child = spawn(node, [launcher, 'echo', 'a', 'b c']);
        child.stdin.end('typed');
        const { code, stdout } = await ending(child);
        assert.equal(code, 0);
        assert.match(stdout, /^2[4-9] a b c\ntyped$/);
        assert.equal((await ending(spawn(node, [launcher, 'exit']))).code, 7);
      });

      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        test(`passes ${signal} on to the program`, async () => {
          assert.equal((await ending(spawn(node, [launcher, 'clean-up']), signal)).code, 9);
        });

        test(`ends by ${signal} where the program does`, async () => {
          assert.equal((await ending(spawn(node, [launcher, 'wait']), signal)).signal, signal);
        });
      }
    });
  });
});
