import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bareChoice, choiceProbabilities } from './choice-reply.ts';

type Alternatives = Readonly<Record<string, number>>;

/** A chat completion from the probabilities of each token's alternatives; the first one was written. */
function response(...tokens: readonly Alternatives[]): unknown {
  const content = tokens.map((alternatives) => {
    const ranked = Object.entries(alternatives).map(([token, probability]) => ({ token, logprob: Math.log(probability) }));
    return { ...ranked[0], top_logprobs: ranked };
  });
  return { choices: [{ message: {}, logprobs: { content } }] };
}

describe('bareChoice', () => {
  const replies = [
    ['{"choice": "yes"}', 'yes'],
    ['yes', 'yes'],
    ['"yes"', '"yes"'],
    ['null', 'null'],
    ['{"choice": ["yes"]}', '{"choice": ["yes"]}'],
    ['{"choice": "y', '{"choice": "y'],
  ] as const;
  for (const [reply, choice] of replies) it(`is ${choice} of ${reply}`, () => assert.equal(bareChoice(reply), choice));
});

describe('choiceProbabilities', () => {
  const yesNo = ['yes', 'no'];
  const cases: readonly (readonly [title: string, response: unknown, choices: readonly string[], expected: Alternatives | undefined])[] = [
    ['reads a bare word', response({ yes: 0.6, no: 0.2, maybe: 0.2 }, { '.': 1 }), yesNo, { yes: 0.75, no: 0.25 }],
    ['adds up spellings', response({ ' Yes': 0.5, yes: 0.1, No: 0.2 }), yesNo, { yes: 0.75, no: 0.25 }],
    [
      'reads JSON',
      response({ '{"': 1 }, { choice: 1 }, { '":': 1 }, { ' "': 1 }, { no: 0.75, yes: 0.25 }, { '"}': 1 }),
      yesNo,
      { yes: 0.25, no: 0.75 },
    ],
    [
      'reads JSON whose quote is in the token',
      response({ '{"choice":': 1 }, { '"no': 0.75, '"yes': 0.25 }, { '"}': 1 }),
      yesNo,
      { yes: 0.25, no: 0.75 },
    ],
    ['reads JSON that ends in the token', response({ '{"choice":"': 1 }, { 'no"}': 0.75, 'yes"}': 0.25 }), yesNo, { yes: 0.25, no: 0.75 }],
    [
      'reads parts of words',
      response({ pers: 0.5, pl: 0.25, none: 0.25 }),
      ['person', 'place', 'none'],
      { person: 0.5, place: 0.25, none: 0.25 },
    ],
    ['takes a longer word for another', response({ yes: 0.5, nothing: 0.5 }), yesNo, { yes: 1, no: 0 }],
    ['tells nothing if a token fits two choices', response({ p: 0.5, none: 0.5 }), ['person', 'place', 'none'], undefined],
    ['tells nothing if no token fits', response({ perhaps: 1 }), yesNo, undefined],
    ['tells nothing of an empty reply', response(), yesNo, undefined],
    ['tells nothing without log-probabilities', { choices: [{ logprobs: null }] }, yesNo, undefined],
  ];
  for (const [title, body, choices, expected] of cases) {
    it(title, () => {
      const probabilities = choiceProbabilities(body, choices);
      const rounded = probabilities && Object.fromEntries([...probabilities].map(([choice, share]) => [choice, Number(share.toFixed(6))]));
      assert.deepEqual(rounded, expected);
    });
  }
});
