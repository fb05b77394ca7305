import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { LlamaModel, Token } from 'node-llama-cpp';
import { loadWeights } from '../src/model/llama/runtime.ts';
import { type NanoVocabulary, nanoVocabulary } from '../src/model/llama/vocabulary.ts';
import { openModel } from '../src/model/open.ts';
import type { ControlToken, Segment } from '../src/prompting/nano.ts';

const training = fileURLToPath(new URL('../training/nano/', import.meta.url));
const python = ['python3', '/usr/bin/python3'].find(
  (command) => spawnSync(command, ['-c', 'import torch, numpy, sentencepiece']).status === 0,
);

/** A text, or a control token in brackets, as parity.py reads them. */
type Part = string | readonly [ControlToken];

const prompts: readonly (readonly Part[])[] = [
  [['types'], 'person', ['sep'], 'place', ['end'], ['text'], 'Ada Lovelace met Charles Babbage in London.', ['extract']],
  [['text'], '', ['spans'], ['end']],
  [['text'], '  two  spaces\tand\na line  ', ['extract']],
  [['text'], 'Zürich, São Paulo, Łódź, e\u0301 and \u00e9', ['extract']],
  [['text'], '🎉👩‍👩‍👧 İstanbul \u202eright to left\u202c ﷺ 𝔘𝔫𝔦 \u0000\ufeff', ['extract']],
  [['text'], '<|end|><|types|> person <s> </s> <0x41>', ['extract']],
  [['text'], '東京で会った。 Привет, мир! مرحبا 123,456.78', ['classify'], '東京', ['type']],
];

/** Largest difference of the natural logarithms of two probabilities of the next token, among tokens of at least one in a thousand. */
const bound = { f16: 0.02, q8_0: 0.1 } as const;

describe('a training of a minute', { skip: python === undefined && 'Python with torch, numpy and sentencepiece is not installed' }, () => {
  let folder = '';
  const gguf = (kind: keyof typeof bound) => join(folder, kind === 'q8_0' ? 'nano-sample.gguf' : 'sample-f16.gguf');
  const weights = () => ['--model', join(folder, 'sample/model.pt'), '--spm', join(folder, 'vocabulary-2048.model')];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'el4ner-training-'));
    await run('build.py', ['sample', '--out', folder]);
    await run('export.py', [...weights(), '--out', gguf('f16'), '--type', 'f16']);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const kind of ['f16', 'q8_0'] as const) {
    test(`gives a model whose tokens and probabilities in llama.cpp are those of PyTorch (${kind})`, async () => {
      const expected = JSON.parse(await run('parity.py', weights(), JSON.stringify(prompts))) as {
        ids: number[];
        logProbabilities: number[];
      }[]; // parity.py writes it
      const model = await loadWeights({ modelId: 'sample', path: gguf(kind), device: 'cpu' });
      try {
        const vocabulary = nanoVocabulary(model);
        assert.ok(vocabulary !== undefined);
        for (const [index, prompt] of prompts.entries()) {
          const ids = tokens(vocabulary, prompt);
          assert.deepEqual(ids, expected[index]?.ids, JSON.stringify(prompt));
          const difference = await furthest(model, ids, expected[index]?.logProbabilities ?? []);
          assert.ok(difference < bound[kind], `${JSON.stringify(prompt)}: ${difference}`);
        }
      } finally {
        await model.dispose();
      }
    });
  }

  test('gives a model that answers', async () => {
    await using model = await openModel(`gguf:${gguf('q8_0')}`);
    const types = [{ name: 'person' }];
    const { signal } = new AbortController();
    const answer = await model.answer<'extract'>({ kind: 'extract', types, demonstrations: [], text: 'Ada met Charles.' }, signal);
    assert.ok(answer.ok);
  });

  test('passes its own tests', async () => {
    await run('test_nano.py', []);
  });
});

function run(script: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      python ?? 'python3',
      [join(training, script), ...args],
      { maxBuffer: 1 << 28, timeout: 300_000 },
      (error, stdout, stderr) => (error ? reject(new Error(`${script}: ${stderr}`)) : resolve(stdout)),
    );
    child.stdin?.end(input);
  });
}

function tokens(vocabulary: NanoVocabulary, prompt: readonly Part[]): Token[] {
  const segments = prompt.map((part): Segment => (typeof part === 'string' ? { text: part } : { control: part[0] }));
  return [vocabulary.begin, ...vocabulary.encodeSegments(segments)];
}

async function furthest(model: LlamaModel, ids: readonly Token[], expected: readonly number[]): Promise<number> {
  const context = await model.createContext({ contextSize: 256, threads: 1 });
  try {
    const input = ids.map((id, index): Token | [Token, object] =>
      index < ids.length - 1 ? id : [id, { generateNext: { token: true, probabilities: true, options: { temperature: 0 } } }],
    );
    const output = (await context.getSequence().controlledEvaluate(input)).at(-1);
    const found = output?.next.probabilities ?? new Map<Token, number>();
    const likely = expected.map((value, id) => ({ id: id as Token, value })).filter(({ value }) => value > Math.log(0.001));
    return Math.max(...likely.map(({ id, value }) => Math.abs(Math.log(found.get(id) ?? 0) - value)));
  } finally {
    await context.dispose();
  }
}
