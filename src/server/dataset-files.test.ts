import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { datasetFormatNames } from '../dataset/format.ts';
import { readDataset, writeDataset } from './dataset-files.ts';
import { writeSchema } from './dataset-schemas.ts';
import { ProblemError } from './problem.ts';

const samples = [
  {
    id: 'one',
    text: 'Ada 👩‍🚀 left Rome.',
    entities: [
      { start: 0, end: 3, type: 'person' },
      { start: 15, end: 19, type: 'place' },
    ],
  },
  { id: 'two', text: 'Bob slept.', entities: [{ start: 0, end: 3, type: 'person' }] },
];
const written = writeSchema.shape.to.options;

test('every format of "el4ner convert" but plain text can be written', () => {
  assert.deepEqual([...written, 'text'].sort(), [...datasetFormatNames].sort());
});

for (const to of written) {
  test(`what is written as ${to} is read again`, async () => {
    const { files } = await writeDataset({ samples, to, name: 'mine' });
    const read = await readDataset({ files: [...files], from: to });
    const mentions = read.samples.map(({ text, entities }) => entities.map(({ start, end, type }) => `${text.slice(start, end)} ${type}`));
    assert.deepEqual(mentions, [['Ada person', 'Rome place'], ['Bob person']]);
  });
}

test('the content tells the format, files keep their names, and nothing stays on the disk', async () => {
  const before = (await readdir(tmpdir())).filter((name) => name.startsWith('el4ner-'));
  const files = [
    { name: '../../etc/letter one.txt', content: 'Ada slept.' },
    { name: '../../etc/letter one.ann', content: 'T1\tperson 0 3\tAda\n' },
    { name: 'b.txt', content: 'Bob.' },
    { name: 'b.ann', content: '' },
  ];
  const { format, samples } = await readDataset({ files });
  assert.equal(format, 'brat');
  assert.deepEqual(
    samples.map(({ id, entities }) => [id, entities.length]),
    [
      ['../../etc/letter one', 1],
      ['b', 0],
    ],
  );
  const left = (await readdir(tmpdir())).filter((name) => name.startsWith('el4ner-'));
  assert.deepEqual(
    left.filter((name) => !before.includes(name)),
    [],
  );
});

test('what is wrong with a file is told by its name', async () => {
  const bad = readDataset({
    files: [{ name: 'bad.jsonl', content: '{"text": "Ada", "entities": [{"start": 0, "end": 9, "type": "x"}]}\n' }],
  });
  await assert.rejects(
    bad,
    (error) =>
      error instanceof ProblemError &&
      error.problem.code === 'unreadable-input' &&
      /^bad\.jsonl:1 /.test(error.message) &&
      !error.message.includes(tmpdir()),
  );
  await assert.rejects(
    readDataset({
      files: [
        { name: 'a', content: 'x' },
        { name: 'a', content: 'y' },
      ],
    }),
    /same name/,
  );
  await assert.rejects(readDataset({ files: [{ name: 'what.bin', content: 'Just words.' }] }), /^ProblemError: what\.bin is in no format/);
});

test('what a format has no room for is told, and spans that are none are refused', async () => {
  const scored = [{ id: '1', text: 'Ada', entities: [{ start: 0, end: 3, type: 'person', score: 0.5 }] }];
  assert.deepEqual((await writeDataset({ samples: scored, to: 'doccano', name: 'mine' })).notes, ['scores of mentions, left out: 1']);
  const beyond = [{ id: '1', text: 'Ada', entities: [{ start: 0, end: 4, type: 'person' }] }];
  await assert.rejects(writeDataset({ samples: beyond, to: 'jsonl', name: 'mine' }), /expected a span of its text/);
});
