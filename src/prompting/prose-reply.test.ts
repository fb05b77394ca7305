import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultOf, saysNone, withoutThinking } from './prose-reply.ts';

describe('withoutThinking', () => {
  const cases: readonly { name: string; reply: string; answer: string }[] = [
    { name: 'a closed thought', reply: '<think>\nIs {"a": 1} right?\n</think>\n\n{"b": 2}', answer: '\n\n{"b": 2}' },
    { name: 'a thought that its template opened', reply: 'Hm, [1].</think>yes', answer: 'yes' },
    { name: 'a thought without an end', reply: '<think>Hm', answer: '' },
    { name: 'an empty thought', reply: '<think></think>yes', answer: 'yes' },
    { name: 'tags inside data', reply: '{"mentions": ["</think>"]}', answer: '{"mentions": ["</think>"]}' },
    { name: 'tags inside fenced data', reply: '```json\n["</think>"]\n```', answer: '```json\n["</think>"]\n```' },
    { name: 'no thought', reply: 'yes', answer: 'yes' },
  ];
  for (const { name, reply, answer } of cases) {
    it(`handles ${name}`, () => assert.equal(withoutThinking(reply), answer));
  }
});

describe('faultOf', () => {
  const cases: readonly [fault: string, reply: string][] = [
    ['empty', ''],
    ['empty', ' \n'],
    ['empty', '<think>Hm</think>\n'],
    ['refusal', "I'm sorry, but I can't help with that."],
    ['refusal', 'I’m very sorry, no.'],
    ['refusal', 'Sorry! I do not do that.'],
    ['refusal', '**I cannot assist with this request.**'],
    ['refusal', '<think>Is it allowed?</think> I am unable to process personal data.'],
    ['refusal', 'As an AI language model, I do not label people.'],
    ['refusal', 'Unfortunately, I may not say.'],
    ['refusal', '抱歉，我无法回答这个问题。'],
    ['refusal', '作为一个AI语言模型'],
    ['malformed', 'The person is Jim.'],
    ['malformed', '{"menti'],
    ['malformed', 'I can see Jim and Bob.'],
  ];
  for (const [fault, reply] of cases) {
    it(`finds ${JSON.stringify(reply)} ${fault}`, () => assert.equal(faultOf(reply), fault));
  }
});

describe('saysNone', () => {
  const cases: readonly [none: boolean, reply: string][] = [
    [true, 'There are no entities in this text.'],
    [true, 'No named entities found.'],
    [true, 'None.'],
    [true, "The text doesn't contain any mentions of the listed types."],
    [true, '<think>Nothing here.</think>I found no relevant entities.'],
    [false, 'I found Jim, and no other entities.'],
    [false, 'None of this makes sense.'],
    [false, 'I cannot provide any entities.'],
    [false, "I'm sorry, I can't help with that."],
    [false, `There are no entities in ${'this and '.repeat(30)}that.`],
    [false, ''],
  ];
  for (const [none, reply] of cases) {
    it(`takes ${JSON.stringify(reply.slice(0, 60))} for ${none ? 'none' : 'something else'}`, () => assert.equal(saysNone(reply), none));
  }
});
