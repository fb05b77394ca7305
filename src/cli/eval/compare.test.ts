import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { NerError } from '../../error.ts';
import { compareExperiments } from './compare.ts';

let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-compare-'));
});
after(() => rm(scratch, { recursive: true }));

type Rows = Readonly<Record<string, readonly string[]>>;

/** The notes and the lines of the table for two experiments, given as names of rows with the ids of their documents. */
async function compared(first: Rows, second: Rows): Promise<{ readonly notes: readonly string[]; readonly systems: readonly string[] }> {
  const write = async (name: string, rows: Rows) => {
    const content = Object.entries(rows).map(([system, ids]) => ({
      name: system,
      perDocument: ids.map((id) => ({ id, truePositives: 1, falsePositives: 0, falseNegatives: 0 })),
    }));
    await writeFile(join(scratch, name), JSON.stringify({ manifest: { seed: 0 }, rows: content }));
    return join(scratch, name);
  };
  const notes: string[] = [];
  let printed = '';
  await compareExperiments([await write('a.json', first), await write('b.json', second)], {
    note: (line) => notes.push(line.replaceAll(`${scratch}/`, '')),
    print: async (text) => {
      printed += text;
    },
  });
  return { notes, systems: printed.trimEnd().split('\n').slice(1) };
}

describe('rows that are not compared are named', () => {
  const cases: Record<string, readonly [first: Rows, second: Rows, systems: readonly string[], notes: readonly string[]]> = {
    'there are none': [{ full: ['1', '2'] }, { full: ['1', '2'] }, ['full'], []],
    'one file has others': [
      { full: ['1'], 'k=0': ['1'], 'k=1': ['1'] },
      { majority: ['1'], full: ['1'] },
      ['full'],
      ['Not compared, only a.json has: k=0, k=1.', 'Not compared, only b.json has: majority.'],
    ],
    'documents differ': [
      { full: ['1', '2'], 'k=0': ['1'] },
      { full: ['1', '3'], 'k=0': ['1'] },
      ['k=0'],
      ['Not compared, on other documents: full.'],
    ],
  };
  for (const [name, [first, second, systems, notes]] of Object.entries(cases)) {
    test(name, async () => {
      const found = await compared(first, second);
      assert.deepEqual(
        found.systems.map((line) => line.split(' ')[0]),
        systems,
      );
      assert.deepEqual(found.notes, notes);
    });
  }

  test('a difference is the second minus the first', async () => {
    const write = async (name: string, falseNegatives: number) => {
      const perDocument = [{ id: '1', truePositives: 1, falsePositives: 0, falseNegatives }];
      await writeFile(join(scratch, name), JSON.stringify({ manifest: { seed: 0 }, rows: [{ name: 'full', perDocument }] }));
      return join(scratch, name);
    };
    const printed: string[] = [];
    const print = async (text: string) => void printed.push(text);
    await compareExperiments([await write('worse.json', 2), await write('better.json', 0)], { note: () => {}, print });
    assert.match(printed.join(''), /second − first +p\nfull +50\.0 +100\.0 +\+50\.0 /);
  });

  test('what differs in the manifests is named, of options each', async () => {
    const write = async (name: string, manifest: object) => {
      const perDocument = [{ id: '1', truePositives: 1, falsePositives: 0, falseNegatives: 0 }];
      await writeFile(join(scratch, name), JSON.stringify({ manifest: { seed: 0, ...manifest }, rows: [{ name: 'full', perDocument }] }));
      return join(scratch, name);
    };
    const notes: string[] = [];
    const paths = [
      await write('one.json', { pool: 'a', options: { models: ['m'], k: 1 } }),
      await write('other.json', { pool: 'b', options: { models: ['m'], voting: 'hard' } }),
    ] as const;
    await compareExperiments(paths, { note: (line) => notes.push(line), print: async () => {} });
    assert.deepEqual(notes, ['They differ in pool.', 'They differ in options: k, voting.']);
  });

  test('and where none is left it is an error', () =>
    assert.rejects(compared({ full: ['1'] }, { 'k=0': ['1'] }), (error) => error instanceof NerError && error.detail.code === 'usage'));
});

describe('a file that is no experiment is told with what is wrong in it', () => {
  const row = { name: 'full', perDocument: [{ id: '1', truePositives: 1, falsePositives: 0, falseNegatives: 0 }] };
  const cases: Record<string, readonly [content: unknown, message: RegExp]> = {
    'a list': [[], /bad\.json is no experiment \(expected object, received array\); expected a file that eval --json wrote/],
    'no seed': [{ manifest: {}, rows: [row] }, /\(manifest\.seed: expected number, received undefined\)/],
    'a row that is null': [{ manifest: { seed: 0 }, rows: [row, null] }, /\(rows\.1: expected object, received null\)/],
    'a document without a count': [
      { manifest: { seed: 0 }, rows: [{ ...row, perDocument: [{ id: '1', truePositives: 1, falsePositives: 0 }] }] },
      /\(rows\.0\.perDocument\.0\.falseNegatives: expected number, received undefined\)/,
    ],
  };
  for (const [name, [content, message]] of Object.entries(cases)) {
    test(name, async () => {
      const [bad, good] = [join(scratch, 'bad.json'), join(scratch, 'good.json')];
      await writeFile(bad, JSON.stringify(content));
      await writeFile(good, JSON.stringify({ manifest: { seed: 0 }, rows: [row] }));
      const terminal = { note: () => {}, print: async () => {} };
      await assert.rejects(
        compareExperiments([good, bad], terminal),
        (error) => error instanceof NerError && error.detail.code === 'unreadable-input' && message.test(error.message),
      );
    });
  }
});
