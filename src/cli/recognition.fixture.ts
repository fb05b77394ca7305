import type { Call } from '../pipeline/ensemble.ts';
import type { Entity, Recognition } from '../pipeline/recognition.ts';

/** A recognition of which only text and entities matter; an entity is given as mention and type, and found where it first occurs. */
export function recognition(id: string, text: string, entities: readonly (readonly [mention: string, type: string])[]): Recognition {
  return {
    status: 'recognized',
    id,
    text,
    entities: entities.map(([mention, type]): Entity => {
      const start = text.indexOf(mention);
      return { start, end: start + mention.length, text: mention, type, score: 0.87654321 };
    }),
    degraded: [],
    calls: 0,
    usage: { promptTokens: 0, cachedTokens: 0, replyTokens: 0 },
    durationMs: 0,
    trace: [],
  };
}

/** The results as a run gives them. */
export async function* arriving(...recognitions: readonly Recognition[]): AsyncGenerator<Recognition, void, undefined> {
  yield* recognitions;
}

function call(stage: Call['stage'], modelId: string, details: Partial<Call> = {}): Call {
  const usage = { promptTokens: 100, cachedTokens: 80, replyTokens: 5 };
  return {
    stage,
    modelId,
    dialect: 'nano@1',
    outcome: 'answered',
    exchanges: [],
    usage,
    durationMs: 12.4,
    cutOff: false,
    droppedDemonstrations: 0,
    ...details,
  };
}

const text = 'Ada met bob at the Bank of England.';
const [ada, bob, bank] = [
  { start: 0, end: 3 },
  { start: 4, end: 11 },
  { start: 19, end: 34 },
];

/** A document in which everything happens that a trace can tell. */
export const eventful: Recognition = {
  ...recognition('letter', text, [
    ['Ada', 'person'],
    ['Bank of England', 'organization'],
  ]),
  degraded: [{ modelId: 'nano:c', stage: 'extract', reason: 'It is asleep.' }],
  calls: 4,
  usage: { promptTokens: 300, cachedTokens: 240, replyTokens: 15 },
  durationMs: 61.2,
  trace: [
    {
      start: 0,
      document: {
        id: 'letter',
        text,
        types: [{ name: 'person' }, { name: 'organization' }],
        retrieval: {
          querySpans: [ada, bank],
          querySpanSource: 'models',
          demonstrations: [
            {
              sentence: { id: 'news-1', text: 'Eve works at Acme.', entities: [{ start: 0, end: 3, type: 'person' }] },
              rank: 1,
              score: 0.912,
              by: 'span-similarity',
              matches: [
                { query: ada, weight: 4, candidate: { start: 0, end: 3 }, cosine: 0.456 },
                { query: bank, weight: 2, candidate: { start: 13, end: 17 }, cosine: 0.4 },
              ],
            },
            {
              sentence: { id: 'news-2', text: 'It rained.', entities: [] },
              rank: 7,
              score: -0.1,
              by: 'sentence-similarity',
              matches: [],
              reason: 'shows place',
            },
          ],
          leftOut: [
            {
              sentence: { id: 'news-3', text: 'Eve works for Acme.', entities: [] },
              rank: 2,
              score: 0.9,
              reason: 'is a near-duplicate of news-1',
            },
          ],
          cut: { count: 3, reason: 'More do not fit the context of nano:a, 512 tokens.' },
        },
        mentions: [
          {
            ...ada,
            status: 'verified',
            proposals: [
              { modelId: 'nano:a', reply: 'Ada', alignment: 'exact' },
              { modelId: 'nano:b', reply: 'ADA', alignment: 'normalized' },
            ],
            type: 'person',
            votes: [
              { modelId: 'nano:a', choice: 'person', probability: 0.98 },
              { modelId: 'nano:b', choice: 'none' },
            ],
            verdicts: [{ modelId: 'nano:a', type: 'person', accepted: true, probability: 0.75 }],
            score: 0.9,
          },
          {
            ...bob,
            status: 'rejected',
            stage: 'verify',
            reason: 'nano:a denies that it is "person".',
            proposals: [{ modelId: 'nano:b', reply: 'met bob', alignment: 'exact' }],
            type: 'person',
            votes: [{ modelId: 'nano:a', choice: 'person', probability: 0.51 }],
            verdicts: [{ modelId: 'nano:a', type: 'person', accepted: false, probability: 0.125 }],
          },
          {
            ...bank,
            status: 'verified',
            proposals: [{ modelId: 'nano:a', reply: 'Bank of England', alignment: 'exact' }],
            type: 'organization',
            votes: [{ modelId: 'nano:a', choice: 'organization' }],
            verdicts: [],
            score: 0.8,
          },
        ],
        hallucinations: [{ modelId: 'nano:b', stage: 'extract', reply: 'Par\u001bis' }],
        calls: [
          call('extract', 'nano:a'),
          call('extract', 'nano:b', { cutOff: true, droppedDemonstrations: 2 }),
          call('extract', 'nano:c', {
            outcome: 'failed',
            error: { code: 'timeout', message: 'It is asleep.' },
            usage: { promptTokens: 0, cachedTokens: 0, replyTokens: 0 },
            durationMs: 0,
          }),
          call('verify', 'nano:a'),
        ],
      },
    },
  ],
};
