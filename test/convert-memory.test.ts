import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { after, before, describe, test } from 'node:test';

const program = join(dirname(import.meta.dirname), 'src', 'cli', 'main.ts');
const fileBytes = 64_000_000;
/** For the program itself and a few samples; the text of a whole file would not fit. */
const heapMegabytes = 64;

let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-memory-'));
});
after(() => rm(scratch, { recursive: true }));

interface LargeFile {
  readonly head?: string;
  /** Of one mention. */
  readonly sample: string;
  readonly between?: string;
  readonly tail?: string;
}

/** Writes the sample again and again, until the file has its size; returns how often. */
async function writeLarge(path: string, { head = '', sample, between = '', tail = '' }: LargeFile): Promise<number> {
  const samples = Math.ceil(fileBytes / Buffer.byteLength(sample));
  const pieces = function* (): Generator<string, void, undefined> {
    yield head;
    for (let index = 0; index < samples; index++) yield index === 0 ? sample : `${between}${sample}`;
    yield tail;
  };
  await pipeline(Readable.from(pieces()), createWriteStream(path));
  return samples;
}

const long = `Ada ${'met 北京 '.repeat(2000)}`.trim();
const task = { data: { text: long }, annotations: [{ result: [{ type: 'labels', value: { start: 0, end: 3, labels: ['x'] } }] }] };

describe('memory does not grow with the file', { concurrency: 2 }, () => {
  const cases: Record<string, LargeFile> = {
    'label-studio': { head: '[\n', sample: JSON.stringify(task, null, 2), between: ',\n', tail: '\n]\n' },
    jsonl: { sample: `${JSON.stringify({ text: long, entities: [{ start: 0, end: 3, type: 'x' }] })}\n` },
    conll: { sample: `Ada\tB-x\n${`${'北京'.repeat(200)}\tO\n`.repeat(3)}\n` },
    pubtator: { sample: `7|t|${long}\n7|a|\n7\t0\t3\tAda\tx\t-\n\n` },
  };
  for (const [from, content] of Object.entries(cases)) {
    test(from, async () => {
      const [input, output] = [join(scratch, `in.${from}`), join(scratch, `out.${from}`)];
      const samples = await writeLarge(input, content);
      const words = [`--max-old-space-size=${heapMegabytes}`, program, 'convert', input, output, '--from', from, '--to', 'doccano'];
      const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'pipe'] });
      const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
      assert.equal(code, 0, stderr);
      assert.match(stderr, new RegExp(`${samples} texts with ${samples} mentions read as ${from}, written as doccano`));
      assert.ok((await stat(output)).size > fileBytes / 2);
      await Promise.all([rm(input), rm(output)]);
    });
  }
});
