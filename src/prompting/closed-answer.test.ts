import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matchAnswers, readType, readTypeChoice, readYesNo, readYesNoWord } from './closed-answer.ts';

const types = [{ name: 'person' }, { name: 'work_of_art' }, { name: 'GPE' }, { name: 'gpe-part' }];

describe('readType', () => {
  const cases: readonly [answer: string, type: string | undefined][] = [
    ['person', 'person'],
    ['Person ', 'person'],
    ['Work of Art', 'work_of_art'],
    ['gpe', 'GPE'],
    ['GPE_PART', 'gpe-part'],
    ['persons', undefined],
    ['none', undefined],
    ['', undefined],
  ];
  for (const [answer, type] of cases) {
    it(`reads ${JSON.stringify(answer)} as ${type}`, () => assert.equal(readType(answer, types), type));
  }

  it('prefers the name as it is written', () => assert.equal(readType('a-b', [{ name: 'a b' }, { name: 'a-b' }]), 'a-b'));
});

describe('readTypeChoice', () => {
  it('takes none for an answer', () => assert.deepEqual(readTypeChoice('None', types), { type: 'none' }));
  it('does not take another word', () => assert.equal(readTypeChoice('nothing', types), undefined));
});

describe('readYesNoWord', () => {
  const cases: readonly [answer: string, yes: boolean | undefined][] = [
    ['yes', true],
    ['Yes.', true],
    ['**No**, because it is a person.', false],
    [' true', true],
    ['"False"', false],
    ['The answer is: no', false],
    ['{"answer": "yes"}', true],
    ['{"1": "no"}', false],
    ['It is not true.', undefined],
    ['Nobody knows', undefined],
    ['', undefined],
  ];
  for (const [answer, yes] of cases) {
    it(`reads ${JSON.stringify(answer)} as ${yes}`, () => assert.equal(readYesNoWord(answer)?.yes, yes));
  }
});

describe('readYesNo', () => {
  const usage = { promptTokens: 0, cachedTokens: 0, replyTokens: 0 };
  const cases: readonly { name: string; text: string; probabilities?: [string, number][]; answer: unknown }[] = [
    {
      name: 'probabilities before the text',
      text: 'no',
      probabilities: [
        ['yes', 0.75],
        ['no', 0.25],
      ],
      answer: { yes: true, probability: 0.75 },
    },
    {
      name: 'an even chance as yes',
      text: '',
      probabilities: [
        ['yes', 0.5],
        ['no', 0.5],
      ],
      answer: { yes: true, probability: 0.5 },
    },
    {
      name: 'probabilities among more words',
      text: '',
      probabilities: [
        ['yes', 0.1],
        ['no', 0.3],
        ['maybe', 0.6],
      ],
      answer: { yes: false, probability: 0.25 },
    },
    { name: 'the text where a probability is missing', text: 'no', probabilities: [['yes', 0.9]], answer: { yes: false } },
    {
      name: 'the text where both are impossible',
      text: 'no',
      probabilities: [
        ['yes', 0],
        ['no', 0],
      ],
      answer: { yes: false },
    },
    { name: 'the text behind reasoning', text: '<think>No?</think>\nYes', answer: { yes: true } },
    { name: 'nothing in other words', text: 'maybe', answer: undefined },
  ];
  for (const { name, text, probabilities, answer } of cases) {
    it(`reads ${name}`, () => {
      const completion = {
        text,
        finishReason: 'stop' as const,
        usage,
        ...(probabilities === undefined ? {} : { probabilities: new Map(probabilities) }),
      };
      assert.deepEqual(readYesNo(completion, ['yes', 'no']), answer);
    });
  }
});

describe('matchAnswers', () => {
  const cases: readonly { name: string; mentions: string[]; answers: [string, string][]; matched: (string | undefined)[] }[] = [
    {
      name: 'in any order',
      mentions: ['a', 'b'],
      answers: [
        ['b', '2'],
        ['a', '1'],
      ],
      matched: ['1', '2'],
    },
    {
      name: 'to as many occurrences, in order',
      mentions: ['a', 'b', 'a'],
      answers: [
        ['a', '1'],
        ['b', '2'],
        ['a', '3'],
      ],
      matched: ['1', '2', '3'],
    },
    { name: 'to all occurrences where there is one', mentions: ['a', 'b', 'a'], answers: [['a', '1']], matched: ['1', undefined, '1'] },
    {
      name: 'not where they differ in number and kind',
      mentions: ['a', 'a', 'a'],
      answers: [
        ['a', '1'],
        ['a', '2'],
      ],
      matched: [undefined, undefined, undefined],
    },
    { name: 'whatever their white space', mentions: ['New\nYork'], answers: [['New York ', '1']], matched: ['1'] },
    { name: 'of other strings to nothing', mentions: ['a'], answers: [['b', '1']], matched: [undefined] },
  ];
  for (const { name, mentions, answers, matched } of cases) {
    it(`gives answers ${name}`, () => assert.deepEqual(matchAnswers(mentions, answers), matched));
  }
});
