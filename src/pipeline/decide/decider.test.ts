import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { goldScript, scriptedModel } from '../../model/scripted.ts';
import type { TaskData } from '../../prompting/task.ts';
import type { Calibration, ObservedSentence, ObservedSpan } from '../observation.ts';
import { createRecognizer } from '../recognizer.ts';
import { fitDecider } from './decider.ts';
import type { Aim } from './threshold.ts';

const members = ['expert', 'guesser'];
const types = ['person', 'place'];

/** What two members said of a span: a type each, and whether they verify the expert's type; who says nothing did not propose it. */
function span(gold: string | undefined, expert: string | undefined, guesser: string | undefined): ObservedSpan {
  const said = Object.entries({ expert, guesser }).flatMap(([modelId, choice]) => (choice === undefined ? [] : [{ modelId, choice }]));
  const type = expert ?? guesser ?? '';
  return {
    proposals: said.map(({ modelId }) => ({ modelId })),
    votes: said,
    verdicts: said.map(({ modelId, choice }) => ({ modelId, type, accepted: choice === type })),
    gold: gold === undefined ? [] : [gold],
  };
}

function calibration(spans: readonly ObservedSpan[]): Calibration {
  const sentences = spans.map((span, at): ObservedSentence => ({ id: String(at), spans: [span], gold: span.gold }));
  return { members, types, sentences };
}

const many = <T>(count: number, value: T): readonly T[] => Array.from({ length: count }, () => value);

/** The expert is right nine times in ten, and proposes nothing wrong; the guesser is right half of the time, and proposes nonsense. */
const seen = calibration([
  ...many(20, span('person', 'person', 'person')),
  ...many(18, span('person', 'person', 'place')),
  ...many(18, span('place', 'place', 'person')),
  ...many(2, span('place', 'person', 'place')),
  ...many(30, span(undefined, undefined, 'place')),
]);

describe('a decider', () => {
  test('lets the vote of a member weigh what it was worth', () => {
    const { voteWeights, choose } = fitDecider(seen);
    assert((voteWeights.get('expert') ?? 0) > 2 * (voteWeights.get('guesser') ?? 0), JSON.stringify([...voteWeights]));
    const misleading = fitDecider(calibration(many(50, span('person', 'person', 'place'))));
    assert.equal(misleading.voteWeights.get('guesser'), 0);
    assert.equal(choose(span('', 'person', 'place').votes), 'person');
    assert.equal(
      choose([
        { modelId: 'guesser', choice: 'place' },
        { modelId: 'expert', choice: 'person' },
      ]),
      'person',
    );
  });

  test('gives no type where nobody votes for one', () => {
    const { choose } = fitDecider(seen);
    assert.equal(choose([]), undefined);
    assert.equal(choose([{ modelId: 'expert', choice: 'none' }]), undefined);
  });

  test('tells how likely a mention is, by who has proposed it', () => {
    const { probability, threshold } = fitDecider(seen);
    const ofBoth = probability(span('', 'person', 'person'), 'person');
    const ofGuesser = probability(span('', undefined, 'place'), 'place');
    assert(ofBoth > 0.85, String(ofBoth));
    assert(ofGuesser < 0.1, String(ofGuesser));
    assert(ofGuesser < threshold('place') && threshold('person') < ofBoth);
  });

  test('gives a member alone no weight beyond measure', () => {
    const alone = calibration([...many(70, span('person', 'person', undefined)), ...many(30, span('place', 'person', undefined))]);
    const weight = fitDecider({ ...alone, members: ['expert'] }).voteWeights.get('expert') ?? 0;
    assert(weight > 0.1 && weight < 3, String(weight));
  });

  test('lets those who mislead choose a type where nobody else speaks', () => {
    const misleading = fitDecider(calibration(many(50, span('person', 'person', 'place'))));
    assert.equal(misleading.choose([{ modelId: 'guesser', choice: 'place' }]), 'place');
  });

  test('is sure of nothing from nothing', () => {
    const { probability, voteWeights } = fitDecider(calibration([]));
    assert.equal(probability(span('', 'person', 'person'), 'person'), 0.5);
    assert.deepEqual([...voteWeights.values()], [0.5, 0.5]);
  });

  test('has a lower threshold the more there is to be missed', () => {
    const missed = { ...seen, sentences: [...seen.sentences, ...many(200, { id: 'x', spans: [], gold: ['person'] })] };
    assert(fitDecider(missed).threshold('person') < fitDecider(seen).threshold('person'));
  });
});

/** Nobody but the verifiers tells places from what is none; of persons they say yes to everything. */
const verifying = calibration(
  Array.from({ length: 120 }, (_, at) => {
    const [type, isTrue] = [at % 2 === 0 ? 'person' : 'place', at % 4 < 2];
    const said = span(isTrue ? type : undefined, type, type);
    return { ...said, verdicts: said.verdicts.map((verdict) => ({ ...verdict, accepted: type === 'person' || isTrue })) };
  }),
);

describe('verification', () => {
  test('is asked for where verdicts tell more than is known without, and nowhere else', () => {
    const { verifies, probability } = fitDecider(verifying);
    assert.deepEqual(types.filter(verifies), ['place']);
    const denied = { ...span('', 'place', 'place'), verdicts: members.map((modelId) => ({ modelId, type: 'place', accepted: false })) };
    assert(probability(denied, 'place') < 0.2 && probability(span('', 'place', 'place'), 'place') > 0.8);
  });

  test('costs nothing about a text where it is not asked for', async () => {
    const alike = [expert(), scriptedModel({ id: 'guesser', answer: gold })];
    await using recognizer = await createRecognizer({ types, models: alike, calibration: verifying });
    const { trace } = await recognizer.recognize('Ada slept.');
    const asked = trace.flatMap(({ document }) => document.calls).map(({ stage }) => stage);
    assert.deepEqual([...new Set(asked)], ['extract', 'classify']);
  });
});

test('a mention about which no verifier answered is judged by what else is known', () => {
  const rarelyDenied = calibration(
    Array.from({ length: 100 }, (_, at) => {
      const isTrue = at < 90;
      const said = span(isTrue ? 'person' : undefined, 'person', 'person');
      return { ...said, verdicts: said.verdicts.map((verdict) => ({ ...verdict, accepted: isTrue || at < 95 })) };
    }),
  );
  const { probability, threshold } = fitDecider(rarelyDenied);
  assert(probability({ ...span('', 'person', 'person'), verdicts: [] }, 'person') > threshold('person'));
});

test('probabilities are probabilities, however few and odd the sentences', () => {
  const noise = fc.array(fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(noise, (rows) => {
      const { probability } = fitDecider(
        calibration(
          rows.map(([isTrue, one, other]) => span(isTrue ? 'person' : undefined, one ? 'person' : 'place', other ? 'person' : undefined)),
        ),
      );
      for (const type of types) {
        const found = probability(span('', type, type), type);
        assert(found >= 0 && found <= 1, String(found));
      }
    }),
    { numRuns: 30 },
  );
});

describe('an aim', () => {
  test('of precision keeps less than one of recall', () => {
    const precise = fitDecider(seen, { precision: 0.95 });
    const complete = fitDecider(seen, { recall: 0.95 });
    assert(precise.threshold('person') >= complete.threshold('person'));
    assert(precise.threshold('place') > complete.threshold('place'));
  });

  test('needs a calibration, and a share', async () => {
    const models = [expert(), guesser()];
    await assert.rejects(createRecognizer({ types, models, aim: 'f1' }), /expected a calibration beside it/);
    await assert.rejects(
      createRecognizer({ types, models, calibration: seen, aim: { recall: 2 } }),
      /aim is 2; expected a number from 0 to 1/,
    );
    for (const aim of ['precision:0.9', {}, null, { precision: 0.9, recall: 0.9 }] as unknown as Aim[]) {
      await assert.rejects(createRecognizer({ types, models, calibration: seen, aim }), /expected "f1", "macro-f1", {"precision": 0\.9}/);
    }
  });
});

const text = 'Ada met Bob in Paris.';
const gold = goldScript({
  'Ada slept.': [['Ada', 'person']],
  [text]: [
    ['Ada', 'person'],
    ['Paris', 'place'],
  ],
});
const expert = () => scriptedModel({ id: 'expert', answer: gold });
const guesser = () =>
  scriptedModel({
    id: 'guesser',
    answer: (task) => {
      switch (task.kind) {
        case 'extract':
          return ['Paris', 'met', 'Ada'] satisfies TaskData['extract'];
        case 'classify':
          return task.mentions.map(() => ({ type: 'place' }));
        case 'verify':
          return task.claims.map(() => ({ yes: true }));
        default:
          return [];
      }
    },
  });

describe('a pipeline with a calibration', () => {
  test('keeps what is likely, with its probability as the score, and says why it drops the rest', async () => {
    await using recognizer = await createRecognizer({ types, models: [expert(), guesser()], calibration: seen });
    const { entities, trace } = await recognizer.recognize(text);
    assert.deepEqual(
      entities.map((entity) => `${entity.text} ${entity.type}`),
      ['Ada person', 'Paris place'],
    );
    const { probability, threshold } = fitDecider(seen);
    const thresholds = Object.fromEntries(types.map((type) => [type, threshold(type)]));
    assert.deepEqual(trace[0]?.document.decision, { by: 'calibration', thresholds });
    const mentions = trace.flatMap(({ document }) => document.mentions);
    for (const mention of mentions) if (mention.status === 'verified') assert.equal(mention.score, probability(mention, mention.type));
    const dropped = mentions.filter((mention) => mention.status === 'rejected');
    assert.deepEqual(
      dropped.map(({ start, end, reason }) => [
        text.slice(start, end),
        /its probability of being "place" is 0\.\d\d, below 0\.\d\d/.test(reason),
      ]),
      [['met', true]],
    );
  });

  const misfits: Readonly<Record<string, [options: object, message: RegExp]>> = {
    'of other models': [{ models: [guesser(), expert()] }, /is of the models expert, guesser, and asked for are guesser, expert/],
    'of other types': [{ types: ['person'] }, /is of the types person, place, and asked for are person/],
    'of four stages, for one pass': [{ passes: 'joint' }, /of the four stages/],
    'of the union, for another combination': [{ combination: 'majority' }, /of the union/],
    'without reflection, for it': [{ reflection: true, pool: [{ text, entities: [] }] }, /leave out .* reflection/],
    'without retyping, for it': [{ onReject: 'retype' }, /leave out .* retyping/],
    'of all verifiers, for one': [{ verifier: 'expert' }, /of the four stages/],
  };
  for (const [name, [options, message]] of Object.entries(misfits)) {
    test(`is refused ${name}`, async () => {
      await assert.rejects(createRecognizer({ types, models: [expert(), guesser()], calibration: seen, ...options }), message);
    });
  }
});
