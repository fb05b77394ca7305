import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Verdict, Vote } from '../document/mention.ts';
import { scriptedModel } from '../model/scripted.ts';
import type { Member } from './ensemble.ts';
import { areVerdictsSettled, isVoteSettled, overlapping } from './settled-votes.ts';
import { judgeByVotes } from './verify/judge.ts';
import { tally, votings } from './vote.ts';

const models = ['a', 'b', 'c', 'd'].map((id) => scriptedModel({ id, answer: () => [] }));
const weights = fc.array(fc.constantFrom(0.5, 1, 2, 4), { minLength: 4, maxLength: 4 });
const share = fc.double({ min: 0, max: 1, noNaN: true });
/** What a member says; nothing if it fails. */
const word = <W>(said: fc.Arbitrary<W>) => fc.option(said, { freq: 5, nil: undefined });
const belief = fc.record({
  choice: fc.constantFrom('person', 'place', 'none'),
  probabilities: fc.option(
    fc.tuple(share, share, share).map(([person, place, none]) => {
      const all = person + place + none || 1;
      return { person: person / all, place: place / all, none: none / all };
    }),
    { nil: undefined },
  ),
});

const membersOf = (values: readonly number[]): readonly Member[] => models.map((model, at) => ({ model, weight: values[at] ?? 1 }));
const weightOf = (members: readonly Member[]) => (id: string) => members.find(({ model }) => model.id === id)?.weight ?? 1;
const said = <W>(members: readonly Member[], words: readonly (W | undefined)[]) =>
  members.flatMap(({ model }, at) => (words[at] === undefined ? [] : [{ modelId: model.id, ...words[at] }]));

describe('whatever the rest says, where a vote is settled', () => {
  test('the same choice wins', () => {
    const cases = fc.record({
      weights,
      words: fc.tuple(...models.map(() => word(belief))),
      asked: fc.nat(3),
      voting: fc.constantFrom(...votings),
      noneVotes: fc.boolean(),
    });
    fc.assert(
      fc.property(cases, ({ weights, words, asked, voting, noneVotes }) => {
        const members = membersOf(weights);
        const votes = said(members, words).map(
          ({ modelId, choice, probabilities }): Vote => ({ modelId, choice, ...(probabilities && { probabilities }) }),
        );
        const counting = { voting, weightOf: weightOf(members) };
        const rest = members.slice(asked);
        const first = votes.filter(({ modelId }) => !rest.some(({ model }) => model.id === modelId));
        fc.pre(isVoteSettled(first, rest, { counting, noneVotes }));
        const winner = (of: readonly Vote[]) => tally(of, counting).find(({ choice }) => noneVotes || choice !== 'none')?.choice;
        assert.equal(winner(votes), winner(first));
      }),
    );
  });

  test('a mention has the same fate', () => {
    const verdict = fc.record({ accepted: fc.boolean(), probability: fc.option(share, { nil: undefined }) });
    const cases = fc.record({
      weights,
      words: fc.tuple(...models.map(() => word(verdict))),
      asked: fc.nat(3),
      voting: fc.constantFrom(...votings),
      threshold: share,
    });
    fc.assert(
      fc.property(cases, ({ weights, words, asked, voting, threshold }) => {
        const members = membersOf(weights);
        const verdicts = said(members, words).map(
          ({ modelId, accepted, probability }): Verdict => ({
            modelId,
            type: 'person',
            accepted,
            ...(probability === undefined ? {} : { probability }),
          }),
        );
        const counting = { voting, weightOf: weightOf(members) };
        const rest = members.slice(asked);
        const first = verdicts.filter(({ modelId }) => !rest.some(({ model }) => model.id === modelId));
        fc.pre(areVerdictsSettled(first, rest, { counting, threshold }));
        const { denies } = judgeByVotes({ counting, threshold }, 4);
        const mention = { status: 'classified', start: 0, end: 1, type: 'person', proposals: [], votes: [] } as const;
        assert.equal(denies(mention, 'person', verdicts), denies(mention, 'person', first));
      }),
    );
  });
});

test('two of three equal votes settle it, one does not', () => {
  const rest = membersOf([1, 1, 1, 1]).slice(2, 3);
  const options = { counting: { voting: 'hard', weightOf: () => 1 }, noneVotes: true } as const;
  const votes: readonly Vote[] = [
    { modelId: 'a', choice: 'person' },
    { modelId: 'b', choice: 'person' },
  ];
  assert.equal(isVoteSettled(votes, rest, options), true);
  assert.equal(isVoteSettled(votes.slice(1), rest, options), false);
});

test('overlapping spans are told from those that stand alone', () => {
  const spans = [
    { start: 0, end: 3 },
    { start: 2, end: 5 },
    { start: 5, end: 6 },
  ];
  assert.deepEqual([...overlapping(spans)], spans.slice(0, 2));
});
