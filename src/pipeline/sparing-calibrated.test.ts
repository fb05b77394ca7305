import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { scriptedModel } from '../model/scripted.ts';
import { randomIntegers } from '../random.ts';
import type { Aim } from './decide/threshold.ts';
import type { Calibration } from './observation.ts';
import { createRecognizer } from './recognizer.ts';

/** Words of which half are persons; members believe so the more often, the truer it is, and more surely when they verify. */
const names = Array.from({ length: 600 }, (_, at) => `Name${at}`);
const draw = randomIntegers(7);
const uniform = () => draw() / 2 ** 32;
const beliefs = new Map(
  names.map((name) => {
    const isPerson = uniform() < 0.5;
    const belief = (strength: number) => 1 / (1 + Math.exp(-((isPerson ? 1 : -1) * strength + 2 * (uniform() + uniform() - 1))));
    return [name, { isPerson, votes: ['a', 'b', 'c'].map(() => belief(2)), verdicts: ['a', 'b', 'c'].map(() => belief(4)) }];
  }),
);
const beliefIn = (name: string) => beliefs.get(name) ?? assert.fail(name);
const voteOf = (person: number) => ({
  choice: person > 0.5 ? 'person' : ('none' as const),
  probability: Math.max(person, 1 - person),
  probabilities: { person, none: 1 - person },
});

const models = ['a', 'b', 'c'].map((id, at) =>
  scriptedModel({
    id,
    answer(task) {
      const wordOf = ({ start, end }: { readonly start: number; readonly end: number }) => beliefIn(task.text.slice(start, end));
      if (task.kind === 'extract') return task.text.replace('.', '').split(' and ');
      if (task.kind === 'classify')
        return task.mentions.map((mention) => {
          const { choice, ...belief } = voteOf(wordOf(mention).votes[at] ?? 0);
          return { type: choice, ...belief };
        });
      if (task.kind !== 'verify') return [];
      return task.claims.map((claim) => ({ yes: (wordOf(claim).verdicts[at] ?? 0) > 0.5, probability: wordOf(claim).verdicts[at] ?? 0 }));
    },
  }),
);
const textsOf = (some: readonly string[]) => some.flatMap((name, at) => (at % 2 === 0 ? [`${name} and ${some[at + 1]}.`] : []));
const calibration: Calibration = {
  members: ['a', 'b', 'c'],
  types: ['person'],
  sentences: names.slice(0, 300).map((name) => {
    const { isPerson, votes, verdicts } = beliefIn(name);
    const gold = isPerson ? ['person'] : [];
    const ids = models.map(({ id }) => id);
    return {
      id: name,
      gold,
      spans: [
        {
          gold,
          proposals: ids.map((modelId) => ({ modelId })),
          votes: ids.map((modelId, at) => ({ modelId, ...voteOf(votes[at] ?? 0) })),
          verdicts: ids.map((modelId, at) => ({
            modelId,
            type: 'person',
            accepted: (verdicts[at] ?? 0) > 0.5,
            probability: verdicts[at] ?? 0,
          })),
        },
      ],
    };
  }),
};

async function found(aim: Aim, sparing: boolean) {
  await using recognizer = await createRecognizer({ types: ['person'], models, calibration, aim, sparing });
  const results = await Array.fromAsync(recognizer.recognizeAll(textsOf(names.slice(300))));
  const recognized = results.flatMap((one) => (one.status === 'failed' ? assert.fail(one.error) : one));
  return {
    words: new Set(recognized.flatMap(({ entities }) => entities.map(({ text }) => text))),
    calls: recognized.reduce((sum, one) => sum + one.calls, 0),
  };
}

describe('a sparing ensemble with a calibration', () => {
  for (const aim of ['f1', { recall: 0.97 }, { precision: 0.97 }] as const) {
    test(`finds hardly other entities by fewer calls, for ${JSON.stringify(aim)}`, async () => {
      const [full, spared] = [await found(aim, false), await found(aim, true)];
      assert.ok(full.words.symmetricDifference(spared.words).size <= 0.02 * 300, `${full.words.size} ${spared.words.size}`);
      assert.ok(spared.calls < full.calls, `${spared.calls} of ${full.calls}`);
    });
  }
});
