import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Token } from 'node-llama-cpp';
import { type ControlToken, controlTokens, type NanoReply } from '../../prompting/nano.ts';
import type { Decoder } from './branching-sequence.ts';
import { writeReply } from './nano-reply.ts';
import type { NanoVocabulary } from './vocabulary.ts';

const words = ['Ada', 'met', 'Bob', 'Paris', 'person', 'place'] as const;
type Word = (typeof words)[number] | ControlToken;

/** Every word and every control token is one token. */
const names: readonly Word[] = [...controlTokens, ...words];
const token = (name: Word) => names.indexOf(name) as Token; // a token is a branded number
const vocabulary: NanoVocabulary = {
  control: Object.fromEntries(controlTokens.map((name) => [name, token(name)])) as NanoVocabulary['control'], // it has every name
  begin: token('text'),
  bytes: (id) => (id < controlTokens.length ? undefined : new TextEncoder().encode(` ${names[id]}`)),
  encode: (text) => text.split(' ').map((word) => token(words.find((known) => known === word) ?? assert.fail(word))),
  encodeSegments: () => assert.fail('The question is encoded already.'),
};

/** So few that what a reply needs may not be among the likeliest. */
const likeliestCount = 2;
const ranked = (thought: readonly Word[]) => new Map(thought.map((name, index) => [token(name), 0.75 / (2 * index + 1)]));

/** A model that thinks of these words next, the likeliest first, one list for each place in the reply. */
function model(...thoughts: readonly (readonly Word[])[]): Decoder & { readonly fed: Word[] } {
  const fed: Word[] = [];
  let thought: readonly Word[] = [];
  const feed = (tokens: readonly Token[]) => {
    fed.push(...tokens.map((id) => names[id] ?? assert.fail()));
    thought = thoughts[fed.length - 1] ?? assert.fail(`Nothing was expected after ${fed.join(' ')}.`);
  };
  return {
    fed,
    async likeliest(tokens) {
      feed(tokens);
      return ranked(thought.slice(0, likeliestCount));
    },
    async all() {
      return ranked(thought);
    },
  };
}

const write = (decoder: Decoder, reply: NanoReply, maxReplyTokens = 20) =>
  writeReply({ decoder, vocabulary, question: [token('extract')], maxReplyTokens }, reply);

const substrings: NanoReply = { kind: 'substrings', of: 'Ada met Bob' };
const typed: NanoReply = { ...substrings, choices: ['person', 'place'] };

describe('a nano reply', () => {
  test('has the strings of the text that the model writes', async () => {
    const decoder = model(['Ada'], ['sep'], ['met'], ['Bob'], ['end']);
    assert.deepEqual(await write(decoder, substrings), { items: [{ text: 'Ada' }, { text: 'met Bob' }], tokens: 5, finishReason: 'stop' });
  });

  test('takes what is likeliest of all that may come', async () => {
    const decoder = model(['Paris', 'sep', 'Ada'], ['Bob', 'type', 'end', 'sep']);
    assert.deepEqual((await write(decoder, substrings)).items, [{ text: 'Ada' }]);
  });

  test('may have nothing', async () => {
    for (const reply of [substrings, typed])
      assert.deepEqual(await write(model(['end']), reply), { items: [], tokens: 1, finishReason: 'stop' });
  });

  test('goes on where the end is not sure enough, and ends where it is', async () => {
    const unsure = () => model(['end', 'Ada'], ['end', 'sep'], ['Bob'], ['end', 'met'], ['Paris']);
    const { items } = await write(unsure(), { ...substrings, leastEnd: 0.8 });
    assert.deepEqual(items, [{ text: 'Ada' }, { text: 'Bob' }]);
    assert.deepEqual((await write(unsure(), { ...substrings, leastEnd: 0.7 })).items, []);
  });

  test('has something behind every separator', async () => {
    const decoder = model(['Ada'], ['sep'], ['end', 'Bob'], ['end']);
    assert.deepEqual((await write(decoder, substrings)).items, [{ text: 'Ada' }, { text: 'Bob' }]);
  });

  test('ends where the model has nothing new', async () => {
    const decoder = model(['Ada'], ['sep'], ['Ada'], ['sep']);
    assert.deepEqual(await write(decoder, substrings), { items: [{ text: 'Ada' }], tokens: 4, finishReason: 'stop' });
  });

  test('ends where nothing may come', async () => {
    assert.deepEqual(await write(model(['Ada'], ['sep'], ['Paris']), substrings), {
      items: [{ text: 'Ada' }],
      tokens: 3,
      finishReason: 'stop',
    });
  });

  test('says that it was cut off, and keeps what is whole', async () => {
    const decoder = model(['Ada'], ['sep'], ['met'], ['Bob']);
    assert.deepEqual(await write(decoder, substrings, 4), { items: [{ text: 'Ada' }], tokens: 4, finishReason: 'length' });
  });

  test('has a type for each string', async () => {
    const decoder = model(['Ada'], ['type'], ['place', 'person'], ['sep'], ['Bob'], ['type'], ['person'], ['end', 'sep']);
    assert.deepEqual(await write(decoder, typed), {
      items: [
        { text: 'Ada', choice: 'place' },
        { text: 'Bob', choice: 'person' },
      ],
      tokens: 8,
      finishReason: 'stop',
    });
  });

  test('is cut off before a type for which there may be no room', async () => {
    const decoder = model(['Ada'], ['type'], ['person'], ['sep'], ['Bob'], ['type']);
    assert.deepEqual(await write(decoder, typed, 7), { items: [{ text: 'Ada', choice: 'person' }], tokens: 6, finishReason: 'length' });
    assert.equal(decoder.fed.length, 6);
  });

  const shares = (person: number, place: number) =>
    new Map([
      ['person', person],
      ['place', place],
    ]);

  test('has as many choices as it is asked for, with their probabilities', async () => {
    const decoder = model(['place', 'person'], [], ['person']);
    const { items, finishReason } = await write(decoder, { kind: 'choices', slots: 2, choices: ['person', 'place'] });
    assert.deepEqual(items, [
      { choice: 'place', probabilities: shares(0.25, 0.75) },
      { choice: 'person', probabilities: shares(1, 0) },
    ]);
    assert.equal(finishReason, 'stop');
  });
});
