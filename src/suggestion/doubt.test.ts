import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { none } from '../document/entity-type.ts';
import type { Rejected, Verdict, Verified, Vote } from '../document/mention.ts';
import { noUsage } from '../model/dialogue.ts';
import type { Recognition } from '../pipeline/recognition.ts';
import { doubtsIn } from './doubt.ts';

type Traced = Verified | Rejected;

/** Mentions by the windows that they are in, whose texts do not matter. */
function recognition(text: string, ...windows: readonly (readonly [start: number, mentions: readonly Traced[]])[]): Recognition {
  return {
    status: 'recognized',
    id: 'a',
    text,
    entities: [],
    degraded: [],
    calls: 0,
    usage: noUsage,
    durationMs: 0,
    trace: windows.map(([start, mentions]) => ({
      start,
      document: {
        id: 'a',
        text: text.slice(start),
        mentions,
        types: [{ name: 'person' }, { name: 'place' }],
        retrieval: { querySpans: [], querySpanSource: 'none', demonstrations: [], leftOut: [] },
        hallucinations: [],
        calls: [],
      },
    })),
  };
}

const yes: Verdict = { modelId: 'v', type: 'person', accepted: true };
const no: Verdict = { ...yes, accepted: false };
const choices = (...all: readonly string[]): readonly Vote[] => all.map((choice, at) => ({ modelId: `m${at}`, choice }));
const soft = (probabilities: Readonly<Record<string, number>>): Vote => ({ modelId: 's', choice: 'person', probabilities });

function verified(start: number, end: number, votes: readonly Vote[], verdicts: readonly Verdict[] = []): Verified {
  return {
    status: 'verified',
    start,
    end,
    proposals: [],
    type: 'person',
    votes,
    verdicts,
    score: 1,
  };
}

type TakenOut = Pick<Rejected, 'start' | 'end' | 'votes'> & Partial<Rejected>;
const rejected = (known: TakenOut): Rejected => ({
  status: 'rejected',
  stage: 'classify',
  reason: 'No.',
  proposals: [],
  verdicts: [],
  ...known,
});

const near = (actual: number | undefined, wanted: number) => assert.ok(Math.abs((actual ?? Number.NaN) - wanted) < 1e-9, `${actual}`);

describe('doubt', () => {
  const cases = [
    { name: 'one member alone', votes: choices('person'), doubt: 0 },
    { name: 'all agree', votes: choices('person', 'person', 'person'), doubt: 0 },
    { name: 'all agree, and the verifier with them', votes: choices('person', 'person', 'person'), verdicts: [yes], doubt: 0 },
    { name: 'an even split of two', votes: choices('person', 'place'), doubt: 1 },
    { name: 'an even split with none', votes: choices('person', none), doubt: 1 },
    { name: 'an even split of four', votes: choices('person', 'place', 'city', none), doubt: 2 },
    { name: 'three to one', votes: choices('person', 'person', 'person', 'place'), doubt: 2 - 0.75 * Math.log2(3) },
    { name: 'a verdict against the only vote', votes: choices('person'), verdicts: [no], doubt: 1 },
    { name: 'one member that is of two minds', votes: [soft({ person: 0.5, place: 0.5, [none]: 0 })], doubt: 1 },
    {
      name: 'members that are sure of different answers doubt as those that are each of two minds',
      votes: [soft({ person: 1, place: 0 }), soft({ person: 0, place: 1 })],
      doubt: 1,
    },
    {
      name: 'a verdict by its probability and not by its word',
      votes: choices('person'),
      verdicts: [{ ...yes, probability: 0 }],
      doubt: 1,
    },
  ];
  for (const { name, votes, verdicts, doubt } of cases) {
    test(`${name}: ${doubt.toFixed(2)} bits`, () => {
      const found = doubtsIn(recognition('Ada slept.', [0, [verified(0, 3, votes, verdicts)]]));
      assert.equal(found.length, 1);
      near(found[0]?.doubt, doubt);
    });
  }

  test('is none at all where six opinions agree', () => {
    const [found] = doubtsIn(recognition('Ada slept.', [0, [verified(0, 3, choices(...new Array(6).fill('person')))]]));
    assert.equal(found?.doubt, 0);
  });

  test('is never below 0', () => {
    const [found] = doubtsIn(recognition('Ada slept.', [0, [verified(0, 3, choices(...new Array(9).fill('person')))]]));
    assert.ok((found?.doubt ?? -1) >= 0);
  });
});

describe('opinions', () => {
  test('are the shares of the answers, and the type is the strongest that is not none', () => {
    const votes = [...choices(none, 'place'), soft({ person: 0.5, place: 0.25, [none]: 0.25, city: 0 })];
    const [found] = doubtsIn(recognition('Ada slept.', [0, [verified(0, 3, votes, [no])]]));
    assert.deepEqual(found?.opinions, { [none]: 2.25 / 4, place: 1.25 / 4, person: 0.5 / 4 });
    assert.equal(found?.type, 'place');
  });

  test('are told of types that are numbers, too', () => {
    const [found] = doubtsIn(recognition('Ada slept.', [0, [verified(0, 3, choices('7', '7', '2'))]]));
    assert.equal(found?.type, '7');
  });

  const answers = ['person', 'place', 'city', none];
  const vote = fc
    .tuple(fc.constantFrom(...answers), fc.option(fc.array(fc.nat(99), { minLength: answers.length, maxLength: answers.length })))
    .map(([choice, shares]): Vote => {
      const sum = (shares ?? []).reduce((all, share) => all + share, 0);
      if (shares === null || sum === 0) return { modelId: 'm', choice };
      return { modelId: 'm', choice, probabilities: Object.fromEntries(answers.map((answer, at) => [answer, (shares[at] ?? 0) / sum])) };
    });
  const verdict = fc
    .tuple(fc.constantFrom('person', 'place'), fc.boolean(), fc.option(fc.double({ min: 0, max: 1, noNaN: true })))
    .map(([type, accepted, probability]): Verdict => ({ modelId: 'v', type, accepted, ...(probability === null ? {} : { probability }) }));
  const mention = fc
    .tuple(fc.array(vote, { maxLength: 5 }), fc.array(verdict, { maxLength: 5 }), fc.boolean())
    .map(([votes, verdicts, isIn]) => (isIn ? verified(0, 3, votes, verdicts) : rejected({ start: 0, end: 3, votes, verdicts })));

  test('sum to 1, are as many as somebody believes in, and allow for no more doubt than so many answers do', () => {
    fc.assert(
      fc.property(mention, (mention) => {
        const believed = new Set([
          ...mention.votes.flatMap(({ choice, probabilities }) =>
            probabilities === undefined ? [choice] : answers.filter((answer) => (probabilities[answer] ?? 0) > 0),
          ),
          ...mention.verdicts.flatMap(({ type, accepted, probability = accepted ? 1 : 0 }) => [
            ...(probability > 0 ? [type] : []),
            ...(probability < 1 ? [none] : []),
          ]),
        ]);
        const found = doubtsIn(recognition('Ada slept.', [0, [mention]]));
        assert.equal(found.length, believed.size === 0 || (believed.size === 1 && believed.has(none)) ? 0 : 1);
        for (const { opinions, doubt, type } of found) {
          const shares = Object.values(opinions);
          near(
            shares.reduce((sum, share) => sum + share, 0),
            1,
          );
          assert.deepEqual(new Set(Object.keys(opinions)), believed);
          assert.ok(doubt > -1e-9 && doubt < Math.log2(believed.size) + 1e-9);
          for (const [other, share] of Object.entries(opinions)) assert.ok(other === none || share <= (opinions[type] ?? 0));
        }
      }),
    );
  });
});

describe('spans', () => {
  const told = (recognition: Recognition) => doubtsIn(recognition).map(({ text, start, end }) => `${text}@${start}-${end}`);
  const text = 'Ada met Bob in the Bank of Rio. Bob left Rio.';
  const split = choices('person', 'place');

  test('come in the order of reading, of those that begin together the shorter first', () => {
    const mentions = [verified(19, 30, split), verified(8, 11, split), verified(19, 23, split), verified(0, 3, split)];
    assert.deepEqual(told(recognition(text, [0, mentions])), ['Ada@0-3', 'Bob@8-11', 'Bank@19-23', 'Bank of Rio@19-30']);
  });

  test('come once a string, where it is first, also in another window', () => {
    const first = [verified(8, 11, split), verified(27, 30, split)];
    const second = [verified(0, 3, choices('person')), verified(9, 12, choices('place'))];
    const found = recognition(text, [0, first], [32, second]);
    assert.deepEqual(told(found), ['Bob@8-11', 'Rio@27-30']);
    for (const { doubt } of doubtsIn(found)) assert.equal(doubt, 1);
  });

  test('have offsets into the text and not into their window', () => {
    const found = doubtsIn(recognition(text, [0, [verified(0, 3, split)]], [32, [verified(9, 12, split)]]));
    assert.deepEqual(
      found.map(({ start, end, text }) => [start, end, text]),
      [
        [0, 3, 'Ada'],
        [41, 44, 'Rio'],
      ],
    );
    for (const { start, end, text: own } of found) assert.equal(text.slice(start, end), own);
  });

  test('are those too that a stage took out, as far as members said anything of them', () => {
    const mentions = [
      rejected({ stage: 'classify', start: 0, end: 3, votes: choices('person', none, none) }),
      rejected({ stage: 'verify', start: 8, end: 11, votes: choices('person'), verdicts: [no] }),
      rejected({ stage: 'resolve', start: 19, end: 23, votes: choices('place') }),
      rejected({ stage: 'extract', start: 27, end: 30, votes: [] }),
    ];
    assert.deepEqual(told(recognition(text, [0, mentions])), ['Ada@0-3', 'Bob@8-11', 'Bank@19-23']);
  });

  test('are not those that nobody takes for a mention, though a later one of the same string may be', () => {
    assert.deepEqual(told(recognition(text, [0, [rejected({ start: 0, end: 3, votes: choices(none, none) })]])), []);
    const both = [rejected({ start: 8, end: 11, votes: choices(none) }), verified(32, 35, split)];
    assert.deepEqual(told(recognition(text, [0, both])), ['Bob@32-35']);
  });

  test('are none without a window', () => assert.deepEqual(told(recognition('')), []));
});
