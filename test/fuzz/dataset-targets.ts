import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { arriving, keepingReport } from '../../src/dataset/format.fixture.ts';
import { type DatasetFormatName, datasetFormatNames, defaultWriteSettings } from '../../src/dataset/format.ts';
import { datasetFormats } from '../../src/dataset/formats.ts';
import { readSamples } from '../../src/dataset/read-samples.ts';
import type { Sample } from '../../src/dataset/sample.ts';
import { tarArchive } from '../../src/dataset/tar.fixture.ts';
import { tarMember } from '../../src/dataset/tar.ts';
import type { Target } from './target.ts';

/** Readers of data sets, by name and by content, and of archives. */
export async function datasetTargets(): Promise<readonly Target[]> {
  return [...(await Promise.all(datasetFormatNames.map(formatTarget))), detection(await seedsOfFormats()), tarTarget];
}

const samples: readonly Sample[] = [
  {
    id: '1',
    text: 'Ada met 🎉 Bob in Paris.',
    entities: [
      { start: 0, end: 3, type: 'person' },
      { start: 11, end: 14, type: 'person' },
      { start: 18, end: 23, type: 'place' },
    ],
  },
  { id: '2', text: 'Nothing happened.', entities: [] },
  {
    id: '3',
    text: 'Müller & Söhne\nof Zürich',
    entities: [
      { start: 0, end: 14, type: 'company', score: 0.5 },
      { start: 0, end: 6, type: 'person' },
    ],
  },
];

const fileOf: Partial<Record<DatasetFormatName, string>> = { text: 'a.txt', brat: 'a.ann', conll: 'a.conll', jsonl: 'a.jsonl' };
const handwritten: Partial<Record<DatasetFormatName, readonly string[]>> = {
  text: ['Ada met Bob.\n', 'One.\n\nTwo.\n'],
  conll: ['-DOCSTART- -X- O\n\nAda NNP B-PER\nmet VBD O\n# x\nBob NNP S-PER\n\n', 'Ada\tB-PER\r\nLovelace\tI-PER\r\n\r\n'],
  brat: ['T1\tperson 0 3\tAda\nT2\tperson 8 11;12 14\tBob in\nR1\tmet Arg1:T1 Arg2:T2\n#1\tNote T1\tx\n'],
  spacy: ['["Ada met Bob.", {"entities": [[0, 3, "PERSON"]]}]\n', '[["Ada", {"entities": [[0, 3, "P"]]}], ["B", {"spans": {}}]]'],
  doccano: [
    '{"text": "Ada", "label": [[0, 3, "P"]]}\n',
    '{"id": 1, "text": "Ada", "entities": [{"id": 2, "label": "P", "start_offset": 0, "end_offset": 3}]}\n',
  ],
  hf: ['{"tokens": ["Ada", "met"], "ner_tags": ["B-P", "O"]}\n'],
  'nested-json': ['{"tokens": ["Ada", "met"], "entities": [{"start": 0, "end": 1, "type": "P"}]}\n'],
  pubtator: ['1|t|Ada\n1|a|met Bob.\n1\t0\t3\tAda\tx\tD1\n1\t8\t11\tBob\ty\n\n'],
};

async function seedsOf(name: DatasetFormatName): Promise<readonly Buffer[]> {
  const format = datasetFormats[name];
  const settings = { ...defaultWriteSettings, report: keepingReport({ skipBad: true }).report };
  const written = format.output === 'file' ? [(await Array.fromAsync(format.write(arriving(samples), settings))).join('')] : [];
  return [...written, ...(handwritten[name] ?? [])].map((text) => Buffer.from(text));
}

async function seedsOfFormats(): Promise<readonly Buffer[]> {
  return (await Promise.all(datasetFormatNames.map(seedsOf))).flat();
}

async function formatTarget(name: DatasetFormatName): Promise<Target> {
  const file = fileOf[name] ?? 'a.json';
  return {
    name,
    seeds: await seedsOf(name),
    refusalNames: name === 'brat' ? 'a.' : file,
    async read(bytes, scratch) {
      if (name === 'brat') await writeFile(join(scratch, 'a.txt'), 'Ada met Bob in Paris.');
      await writeFile(join(scratch, file), bytes);
      const { report } = keepingReport({ skipBad: bytes.length % 2 === 0 });
      for await (const { text, entities } of readSamples(join(scratch, file), { from: name, report })) {
        const wrong = entities.find(({ start, end }) => !(start >= 0 && start < end && end <= text.length));
        if (wrong !== undefined) throw new Error(`An entity from ${wrong.start} to ${wrong.end} of ${text.length}.`);
      }
    },
  };
}

function detection(seeds: readonly Buffer[]): Target {
  return {
    name: 'detection',
    seeds,
    refusalNames: 'a.',
    async read(bytes, scratch) {
      const path = join(scratch, 'a.data');
      await writeFile(path, bytes);
      await Array.fromAsync(readSamples(path, { report: keepingReport({ skipBad: false }).report }));
    },
  };
}

const tarTarget: Target = {
  name: 'tar',
  seeds: [
    tarArchive([
      { name: 'a', content: 'x' },
      { name: 'b', prefix: 'c', content: 'y'.repeat(600) },
    ]),
    tarArchive([]),
  ],
  mayThrowRange: true,
  read: async (bytes) => tarMember(bytes, 'c/b'),
};
