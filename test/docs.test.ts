import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { openModel } from '../src/model/open.ts';
import { type ModelServer, serveModel } from '../src/model/openai-server.fixture.ts';
import { documentationPages, looksLike, type Snippet, snippetsOf } from './snippets.fixture.ts';

const repository = dirname(import.meta.dirname);
/** With it, outputs on pages that are not those of the commands are written anew instead. */
const isUpdating = process.env['EL4NER_UPDATE_DOCS'] === '1';
/** As long as a snippet may take, on a machine that is busy. */
const secondsForSnippet = 180;

/** Where pages have their folders: a module of a page finds the packages of this repository from there. */
let scratch: string;
/** A bundled model behind the wire formats of Ollama and of OpenAI's servers, under the names that pages have. */
let standIn: ModelServer & { readonly model: AsyncDisposable };
let environment: NodeJS.ProcessEnv;

before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-docs-'));
  await symlink(join(repository, 'node_modules'), join(scratch, 'node_modules'));
  await writeFile(join(scratch, 'package.json'), '{ "type": "module" }');
  const model = await openModel('nano:general');
  standIn = { ...(await serveModel(model, { name: 'qwen2.5:14b', aliases: ['phi4', 'glm4', 'qwen'] })), model };
  const commands = join(scratch, 'commands');
  await mkdir(commands);
  const el4ner = `exec '${process.execPath}' '${join(repository, 'src', 'cli', 'main.ts')}'`;
  await command(join(commands, 'el4ner'), `${el4ner} "$@"`);
  await command(join(commands, 'npx'), `[ "$1" = el4ner ] || { echo "npx $1 is not here" >&2; exit 1; }\nshift\n${el4ner} "$@"`);
  environment = {
    ...process.env,
    PATH: `${commands}:${dirname(process.execPath)}:${process.env['PATH']}`,
    NO_COLOR: '1',
    NODE_COMPILE_CACHE: join(scratch, 'compiled'),
    OLLAMA_HOST: standIn.url,
  };
});
after(async () => {
  await standIn[Symbol.asyncDispose]();
  await standIn.model[Symbol.asyncDispose]();
  await rm(scratch, { recursive: true });
});

async function command(path: string, script: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}

const pages = await Promise.all(
  (await documentationPages(repository)).map(async (name) => ({
    name,
    snippets: snippetsOf(await readFile(join(repository, name), 'utf8')),
  })),
);

describe('what the documentation says can be done, can be done', { concurrency: 2 }, () => {
  const tested = pages.map(({ name, snippets }) => ({
    name,
    run: snippets.filter(({ language, notRun }) => ['sh', 'ts', 'js', 'json'].includes(language) && notRun === undefined),
  }));
  // What takes longest is begun first.
  for (const { name, run } of tested.sort((a, b) => b.run.length - a.run.length)) {
    if (run.length === 0) continue;
    test(`${name}: ${run.length} snippets`, async (context) => {
      const page = await openPage(name);
      context.after(() => page.close());
      for (const snippet of run) await page.run(snippet);
    });
  }

  test('what is not run says why', (context) => {
    for (const { name, snippets } of pages) {
      for (const { line, language, code, notRun } of snippets) {
        const isHidden = ['bash', 'console', 'shell'].includes(language) || (language === '' && /^(?:\$ |(?:npx )?el4ner )/m.test(code));
        assert.ok(!isHidden, `${name}:${line}: blocks of commands are called "sh"`);
        if (notRun !== undefined) context.diagnostic(`${name}:${line}: ${notRun}`);
      }
    }
    const count = pages.flatMap(({ snippets }) => snippets).filter(({ notRun }) => notRun !== undefined).length;
    context.diagnostic(`${count} snippets are not run`);
  });

  test('code is well typed, also where it is not run', async () => {
    const folder = join(scratch, 'types');
    await mkdir(folder);
    const files = pages.flatMap(({ name, snippets }) =>
      snippets
        .filter(({ language }) => language === 'ts')
        .map(({ line, code }) => [`${name.replaceAll(/\W/g, '-')}-${line}.ts`, code] as const),
    );
    for (const [name, code] of files) await writeFile(join(folder, name), `${fromSource(code)}\nexport {};\n`);
    const options = { noUnusedLocals: false, typeRoots: [join(repository, 'node_modules', '@types')] };
    const configuration = { extends: join(repository, 'tsconfig.json'), compilerOptions: options, include: ['*.ts'] };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(configuration));
    const compiler = join(repository, 'node_modules', 'typescript', 'bin', 'tsc');
    const { stdout } = await promisify(execFile)(process.execPath, [compiler, '-p', folder]).catch((error: { stdout: string }) => error);
    assert.equal(stdout, '');
  });
});

test('every link to a place in the repository leads somewhere', async () => {
  const anchors = async (path: string) => (path.endsWith('.md') ? anchorsOf(await readFile(path, 'utf8')) : []);
  for (const { name } of pages) {
    const page = await readFile(join(repository, name), 'utf8');
    const prose = page.replaceAll(/^```.*?^```$/gms, '').replaceAll(/`[^`\n]*`/g, '');
    for (const [, target = ''] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? join(repository, name) : join(repository, dirname(name), decodeURIComponent(path));
      assert.ok(existsSync(file), `${name} links to ${target}, which is not there`);
      if (anchor !== undefined) assert.ok((await anchors(file)).includes(anchor), `${name} links to ${target}, which has no such heading`);
    }
  }
});

/** Where links can lead within a page, as GitHub names its headings. */
function anchorsOf(page: string): readonly string[] {
  const headings = [...page.replaceAll(/^```.*?^```$/gms, '').matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => heading);
  const seen = new Map<string, number>();
  return headings.map((heading) => {
    const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = plain.replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, '').replaceAll(' ', '-');
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
}

/** A page with a folder of its own, which begins with the files of the tutorial. */
async function openPage(name: string) {
  const folder = join(scratch, name.replaceAll(/\W/g, '-'));
  await cp(join(repository, 'examples', 'tutorial'), folder, { recursive: true });
  const port = await freePort();
  const env = { ...environment, EL4NER_CACHE: join(folder, 'answers.sqlite') };
  const background: ChildProcess[] = [];
  const updates: (readonly [line: number, before: string, output: string])[] = [];
  const here = (code: string) =>
    code.replaceAll('http://127.0.0.1:8000', standIn.url).replaceAll('http://gpu:8000', standIn.url).replaceAll('8787', String(port));

  async function shell(script: string, place: string): Promise<string> {
    const child = spawn('bash', ['-euo', 'pipefail', '-c', here(script)], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true, // its processes are a group, which is ended as one
    });
    const kill = () => process.kill(-(child.pid ?? 0), 'SIGKILL');
    const late = globalThis.setTimeout(kill, secondsForSnippet * 1000);
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    clearTimeout(late);
    assert.equal(code, 0, `${place} ended with ${code}:\n${script}\n${stdout}\n${stderr}`);
    return stdout;
  }

  async function startInBackground(script: string, place: string): Promise<void> {
    const child = spawn('bash', ['-c', `exec ${here(script)}`], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
    background.push(child);
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      said += part;
    });
    for (let tries = 0; !(await answers(port)); tries++) {
      assert.ok(child.exitCode === null && tries < 10 * secondsForSnippet, `${place} does not answer: ${said}`);
      await setTimeout(100);
    }
  }

  async function evaluate({ language, code, line }: Snippet, place: string): Promise<string> {
    const [, named] = /^\/\/ (\S+\.\w+)\n/.exec(code) ?? [];
    const file = named ?? `snippet-${line}.${language === 'ts' ? 'ts' : 'mjs'}`;
    await writeFile(join(folder, file), here(fromSource(code)));
    return named === undefined ? shell(`node ${file}`, place) : '';
  }

  return {
    async run(snippet: Snippet): Promise<void> {
      const { language, code, line, first, output, isInBackground } = snippet;
      const place = `${name}:${line}`;
      if (first !== undefined) await shell(first, place);
      if (language === 'json') return void JSON.parse(code);
      if (isInBackground) return startInBackground(code, place);
      const printed = language === 'sh' ? await shell(code, place) : await evaluate(snippet, place);
      if (output === undefined || looksLike(output.text, printed)) return;
      if (isUpdating) updates.push([output.line, output.text, printed]);
      else assert.fail(`${place} should print\n${output.text}\nand prints\n${printed}`);
    },
    async close(): Promise<void> {
      for (const child of background.filter(({ exitCode }) => exitCode === null)) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      if (updates.length > 0) await writeOutputs(join(repository, name), updates);
    },
  };
}

async function writeOutputs(path: string, updates: readonly (readonly [number, string, string])[]): Promise<void> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  for (const [line, before, output] of updates.toReversed())
    lines.splice(
      line - 1,
      before.split('\n').length - 1,
      ...output
        .trimEnd()
        .split('\n')
        .map((one) => one.trimEnd()),
    );
  await writeFile(path, lines.join('\n'));
}

/** What pages import as a package, as it is here. */
function fromSource(code: string): string {
  return code.replaceAll(/'el4ner(?:\/([\w-]+))?'/g, (_, part = 'index') => {
    const path = ['index', 'testing'].includes(part) ? `${part}.ts` : `integration/${part}.ts`;
    return `'${pathToFileURL(join(repository, 'src', path)).pathname}'`;
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : assert.fail('It has no port.');
}

async function answers(port: number): Promise<boolean> {
  const socket = createConnection(port, '127.0.0.1');
  const connected = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'close').then(() => false)]).catch(
    () => false,
  );
  socket.destroy();
  return connected;
}
