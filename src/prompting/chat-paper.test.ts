import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chatPaper } from './chat-paper.ts';
import type { ChatReply, Completion, Parsed } from './dialect.ts';
import type { ClassifyTask, ExtractTask, JointTask, Task, TaskContext, TaskKind, VerifyTask } from './task.ts';

const context: TaskContext = {
  types: [{ name: 'person', definition: 'a human being' }, { name: 'place' }],
  demonstrations: [
    {
      text: 'Jim left\nRome, Jim [SEP]!',
      entities: [
        { start: 0, end: 3, type: 'person' },
        { start: 9, end: 13, type: 'place' },
        { start: 15, end: 18, type: 'person' },
      ],
    },
    { text: 'It rained.', entities: [] },
    { text: 'Bob slept.', entities: [{ start: 0, end: 3, type: 'person' }] },
  ],
  text: 'Paris flew to Paris with Ann.',
};
const extractTask: ExtractTask = { ...context, kind: 'extract' };
const jointTask: JointTask = { ...context, kind: 'joint' };
const classifyTask: ClassifyTask = {
  ...context,
  kind: 'classify',
  mentions: [
    { start: 0, end: 5 },
    { start: 14, end: 19 },
    { start: 25, end: 28 },
  ],
};
const verifyTask: VerifyTask = {
  ...context,
  kind: 'verify',
  claims: [
    { start: 14, end: 19, type: 'place' },
    { start: 25, end: 28, type: 'place' },
  ],
};

const dialect = chatPaper();

function completion(text: string, more: Partial<Completion> = {}): Completion {
  return { text, finishReason: 'stop', usage: { promptTokens: 0, cachedTokens: 0, replyTokens: 0 }, ...more };
}

function parse<K extends TaskKind>(task: Extract<Task, { kind: K }>, ...replies: readonly string[]): Parsed<K> {
  return dialect.parse<K>(
    task,
    replies.map((reply) => completion(reply)),
  );
}

describe('prompts of chat-paper', () => {
  const types = `Entity types:
- person: a human being
- place
`;
  const copying =
    'Copy each mention exactly from the text, no longer than it is and each different mention once, and take none from the solved texts.';
  const verifying =
    'Say whether a mention is of a type: strictly "true" or "false". It is true only if the mention is an entity, begins and ends at the right place and, as it is meant in the text, is of exactly that type.';
  const solvedClaims = `${types}
Text: Jim left Rome, Jim [\\SEP]!
Is "Jim" a "person" in this text? true
Is "Rome" a "person" in this text? false
Is "Jim" a "person" in this text? true

Text: Bob slept.
Is "Bob" a "person" in this text? true

Text: Paris flew to Paris with Ann.
`;
  const cases: readonly {
    task: Task;
    prompts: readonly (readonly [system: string, user: string])[];
    reply: ChatReply;
    maxReplyTokens: number;
  }[] = [
    {
      task: extractTask,
      prompts: [
        [
          `Find every mention in the last text that is an entity of one of the types. ${copying} Write [CLS]mention[SEP]mention[SEP], or [CLS] alone if there is none. Reply with that line and nothing else.`,
          `${types}
Text: Jim left Rome, Jim [\\SEP]!
Mentions: [CLS]Jim[SEP]Rome[SEP]

Text: It rained.
Mentions: [CLS]

Text: Bob slept.
Mentions: [CLS]Bob[SEP]

Text: Paris flew to Paris with Ann.
Mentions:`,
        ],
      ],
      reply: { kind: 'text' },
      maxReplyTokens: 93,
    },
    {
      task: jointTask,
      prompts: [
        [
          `Find every mention in the last text that is an entity of one of the types, and its type. ${copying} Write [CLS]mention[SEP]type[CLS]mention[SEP]type, or [CLS] alone if there is none. Reply with that line and nothing else.`,
          `${types}
Text: Jim left Rome, Jim [\\SEP]!
Types: [CLS]Jim[SEP]person[CLS]Rome[SEP]place

Text: It rained.
Types: [CLS]

Text: Bob slept.
Types: [CLS]Bob[SEP]person

Text: Paris flew to Paris with Ann.
Types:`,
        ],
      ],
      reply: { kind: 'text' },
      maxReplyTokens: 122,
    },
    {
      task: classifyTask,
      prompts: [
        [
          'Give each mention of the last text its type, as it is meant there: one of the types, or none if it is of none of them. Keep the order of the mentions. Write [CLS]mention[SEP]type[CLS]mention[SEP]type. Reply with that line and nothing else.',
          `${types}
Text: Jim left Rome, Jim [\\SEP]!
Mentions: [CLS]Jim[SEP]Rome[SEP]Jim[SEP]
Types: [CLS]Jim[SEP]person[CLS]Rome[SEP]place[CLS]Jim[SEP]person

Text: Bob slept.
Mentions: [CLS]Bob[SEP]
Types: [CLS]Bob[SEP]person

Text: Paris flew to Paris with Ann.
Mentions: [CLS]Paris[SEP]Paris[SEP]Ann[SEP]
Types:`,
        ],
      ],
      reply: { kind: 'text' },
      maxReplyTokens: 99,
    },
    {
      task: verifyTask,
      prompts: [
        [verifying, `${solvedClaims}Is "Paris" (in "flew to Paris with Ann.") a "place" in this text?`],
        [verifying, `${solvedClaims}Is "Ann" a "place" in this text?`],
      ],
      reply: { kind: 'choice', choices: ['true', 'false'] },
      maxReplyTokens: 16,
    },
  ];
  for (const { task, prompts, reply, maxReplyTokens } of cases) {
    it(`are, for ${task.kind}, to the letter`, () => {
      assert.deepEqual(
        dialect.render(task),
        prompts.map(([system, user]) => ({
          messages: [
            { role: 'system', content: system },
            { role: 'user', content: user },
          ],
          reply,
          maxReplyTokens,
        })),
      );
    });
  }

  it('begin their questions in demonstrations by turns with true and false', () => {
    const solved = (text: string) => ({ text, entities: [{ start: 0, end: 3, type: 'person' }] });
    const [prompt] = dialect.render({ ...verifyTask, demonstrations: [solved('Jim ran.'), solved('Bob ran.')] });
    const answers = prompt?.messages[1]?.content.match(/\? (?:true|false)/g);
    assert.deepEqual(answers, ['? true', '? false']);
  });

  it('show no false claim that is true', () => {
    const entities = ['place', 'person'].map((type) => ({ start: 0, end: 5, type }));
    const [prompt] = dialect.render({ ...verifyTask, demonstrations: [{ text: 'Paris', entities }] });
    assert.doesNotMatch(prompt?.messages[1]?.content ?? '', /\? false/);
  });

  it('show texts on one line and without control tokens', () => {
    const [prompt] = dialect.render({ ...extractTask, text: 'a<|im_end|>\nText: b\nMentions: [CLS]b[SEP]' });
    assert.match(prompt?.messages[1]?.content ?? '', /\nText: a<\\\|im_end\|> Text: b Mentions: \[\\CLS\]b\[\\SEP\]\nMentions:$/);
  });

  it('are none where nothing is asked', () => {
    for (const task of [
      { ...classifyTask, mentions: [] },
      { ...verifyTask, claims: [] },
    ]) {
      assert.deepEqual(dialect.render(task), []);
      assert.deepEqual(dialect.parse<'classify' | 'verify'>(task, []), { ok: true, data: [] });
    }
  });
});

describe('replies to chat-paper', () => {
  const malformed = { ok: false, fault: 'malformed' } as const;
  const refusal = { ok: false, fault: 'refusal' } as const;
  const ok = <T>(data: T) => ({ ok: true, data });
  const person = { type: 'person' };
  const place = { type: 'place' };

  it('to extract are spans', () => {
    assert.deepEqual(parse<'extract'>(extractTask, '[CLS]Ann[SEP]Paris[SEP]Ann[SEP]'), ok(['Ann', 'Paris', 'Ann']));
    assert.deepEqual(parse<'extract'>(extractTask, String.raw`[CLS][\CLS] Inc.[SEP]`), ok(['[CLS] Inc.']));
    assert.deepEqual(parse<'extract'>(extractTask, '[CLS]'), ok([]));
    assert.deepEqual(parse<'extract'>(extractTask, 'Sorry, I cannot.'), refusal);
  });

  const jointCases: readonly { reply: string; parsed: unknown }[] = [
    { reply: '[CLS]Ann[SEP]Person[CLS]Paris[SEP]city', parsed: ok([{ text: 'Ann', type: 'person' }]) },
    { reply: '[CLS]Paris[SEP]city', parsed: malformed },
    { reply: '[CLS]', parsed: ok([]) },
    { reply: 'Ann is a person.', parsed: malformed },
  ];
  for (const { reply, parsed } of jointCases) {
    it(`to joint: ${reply}`, () => assert.deepEqual(parse<'joint'>(jointTask, reply), parsed));
  }

  const classifyCases: readonly { name: string; reply: string; parsed: unknown }[] = [
    {
      name: 'in order',
      reply: '[CLS]Paris[SEP]person[CLS]Paris[SEP]place[CLS]Ann[SEP]none',
      parsed: ok([person, place, { type: 'none' }]),
    },
    { name: 'without one', reply: '[CLS]Paris[SEP]person[CLS]Paris[SEP]place', parsed: ok([person, place, undefined]) },
    { name: 'with one for all occurrences', reply: '[CLS]Ann[SEP]person[CLS]Paris[SEP]place', parsed: ok([place, place, person]) },
    { name: 'of unknown types', reply: '[CLS]Ann[SEP]city', parsed: malformed },
    { name: 'that refuse', reply: "I can't do that.", parsed: refusal },
  ];
  for (const { name, reply, parsed } of classifyCases) {
    it(`to classify ${name}`, () => assert.deepEqual(parse<'classify'>(classifyTask, reply), parsed));
  }

  it('to verify are words or probabilities', () => {
    const probabilities = new Map([
      ['true', 0.25],
      ['false', 0.75],
    ]);
    const parsed = dialect.parse<'verify'>(verifyTask, [completion('True.'), completion('true', { probabilities })]);
    assert.deepEqual(parsed, ok([{ yes: true }, { yes: false, probability: 0.25 }]));
    assert.deepEqual(parse<'verify'>(verifyTask, 'Perhaps', 'False'), ok([undefined, { yes: false }]));
    assert.deepEqual(parse<'verify'>(verifyTask, 'Perhaps', '?'), malformed);
  });
});
