import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type NanoCompletion, type NanoItem, type NanoPrompt, nano } from './nano.ts';
import type { Task, TaskContext } from './task.ts';

const context: TaskContext = {
  types: [{ name: 'person', definition: 'a human being' }, { name: 'creative-work' }],
  demonstrations: [
    {
      text: 'Ada read Dune, then Ada slept.',
      entities: [
        { start: 0, end: 3, type: 'person' },
        { start: 9, end: 13, type: 'creative-work' },
        { start: 20, end: 23, type: 'person' },
      ],
    },
    { text: 'Nothing here.', entities: [] },
  ],
  text: 'Bob met Bob and Eve.',
};
const bobs = [
  { start: 0, end: 3 },
  { start: 8, end: 11 },
];
const eve = { start: 16, end: 19 };

const prefix =
  '<types>person<sep>creative work<end><text>Ada read Dune, then Ada slept.<spans>Ada<type>person<sep>Dune<type>creative work<end>' +
  '<text>Nothing here.<spans><end><text>Bob met Bob and Eve.';

const spell = (segments: NanoPrompt['prefix']) =>
  segments.map((segment) => ('text' in segment ? segment.text : `<${segment.control}>`)).join('');

const prompts: { name: string; task: Task; suffixes: string[] }[] = [
  { name: 'extract', task: { kind: 'extract', ...context }, suffixes: ['<extract>'] },
  { name: 'joint', task: { kind: 'joint', ...context }, suffixes: ['<spans>'] },
  {
    name: 'classify names each string once',
    task: { kind: 'classify', mentions: [...bobs, eve], ...context },
    suffixes: ['<classify>Bob<sep>Eve<type>'],
  },
  { name: 'classify of nothing asks nothing', task: { kind: 'classify', mentions: [], ...context }, suffixes: [] },
  {
    name: 'verify asks once for each string and type',
    task: { kind: 'verify', claims: [...bobs.map((span) => ({ ...span, type: 'person' })), { ...eve, type: 'creative-work' }], ...context },
    suffixes: ['<verify>Bob<type>person<ask>', '<verify>Eve<type>creative work<ask>'],
  },
];

for (const { name, task, suffixes } of prompts) {
  test(`nano prompt: ${name}`, () => {
    const rendered = nano.render(task);
    assert.deepEqual(
      rendered.map((prompt) => spell(prompt.suffix)),
      suffixes,
    );
    for (const prompt of rendered) assert.equal(spell(prompt.prefix), prefix);
  });
}

test('more mentions than a prompt takes are asked about in several prompts, in order', () => {
  const text = Array.from({ length: 30 }, (_, index) => `w${index}`).join(' ');
  const mentions = [...text.matchAll(/w\d+/g)].map(({ 0: word, index }) => ({ start: index, end: index + word.length }));
  const task = { kind: 'classify', types: [{ name: 'word' }], demonstrations: [], text, mentions } as const;
  const rendered = nano.render(task);
  assert.equal(rendered.length, 3);
  const slots = rendered.map(({ reply }) => (reply.kind === 'choices' ? reply.slots : 0));
  assert.deepEqual(slots, [12, 12, 6]);
  const parsed = nano.parse<'classify'>(
    task,
    slots.map((count, batch) => completion(Array.from({ length: count }, (_, slot) => ({ choice: `t${batch}.${slot}` })))),
  );
  assert.ok(parsed.ok);
  assert.deepEqual(
    [parsed.data[0]?.type, parsed.data[11]?.type, parsed.data[12]?.type, parsed.data[29]?.type],
    ['t0.0', 't0.11', 't1.0', 't2.5'],
  );
});

const shares = (person: number, work: number) =>
  new Map([
    ['person', person],
    ['creative work', work],
  ]);

test('all occurrences of a string share its answer, and shown types are meant as they were given', () => {
  const parsed = nano.parse<'classify'>({ kind: 'classify', mentions: [bobs[0] ?? eve, eve, bobs[1] ?? eve], ...context }, [
    completion([
      { choice: 'person', probabilities: shares(0.9, 0.1) },
      { choice: 'creative work', probabilities: shares(0.4, 0.6) },
    ]),
  ]);
  const bob = { type: 'person', probability: 0.9, probabilities: { person: 0.9, 'creative-work': 0.1 } };
  assert.deepEqual(parsed, {
    ok: true,
    data: [bob, { type: 'creative-work', probability: 0.6, probabilities: { person: 0.4, 'creative-work': 0.6 } }, bob],
  });
});

const verdict = (yes: number, no: number) =>
  new Map([
    ['yes', yes],
    ['no', no],
  ]);

test('verification tells the probability of yes, whatever the answer was', () => {
  const claims = [
    { ...eve, type: 'person' },
    { start: 0, end: 3, type: 'creative-work' },
  ];
  const parsed = nano.parse<'verify'>({ kind: 'verify', claims, ...context }, [
    completion([{ choice: 'yes', probabilities: verdict(0.8, 0.2) }]),
    completion([{ choice: 'no', probabilities: verdict(0.25, 0.75) }]),
  ]);
  assert.deepEqual(parsed, {
    ok: true,
    data: [
      { yes: true, probability: 0.8 },
      { yes: false, probability: 0.25 },
    ],
  });
});

test('types that would look alike with spaces are shown as they are', () => {
  const [prompt] = nano.render({ kind: 'extract', types: [{ name: 'cell-type' }, { name: 'cell_type' }], demonstrations: [], text: 'x' });
  assert.equal(spell(prompt?.prefix ?? []), '<types>cell-type<sep>cell_type<end><text>x');
});

function completion(items: NanoItem[]): NanoCompletion {
  return { items, text: '', finishReason: 'stop', usage: { promptTokens: 1, cachedTokens: 0, replyTokens: 1 } };
}

test('leaves room for a type of which every byte is a token', () => {
  const [prompt] = nano.render({ ...context, kind: 'classify', mentions: [eve], types: [{ name: '場所' }] });
  assert.equal(prompt?.maxReplyTokens, 2 + Buffer.byteLength('場所'));
});
