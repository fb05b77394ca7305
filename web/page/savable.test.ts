import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasUnsaved, type SavePlace, savable } from './savable.ts';
import { emptyWorkspace, type WorkDocument } from './workspace.ts';

const ada = { start: 0, end: 3, type: 'person' };
const text = 'Ada left.';
const document = { id: '1', text, given: [], edits: [] };
const done = { ...document, result: { id: '1', text, entities: [] } };
const running = { state: 'running', ids: ['1', '2'], waiting: ['1'], stages: [] } as const;
const place: SavePlace = { pool: 'letters', saved: [], ownPool: [] };
const othersOf = (...[document, run, where = place]: [WorkDocument, Parameters<typeof savable>[1], SavePlace?]) =>
  savable(document, run, where).others;

test('sentences of a text can be saved once somebody said what is in it', () => {
  const whole = [{ text, entities: [] }];
  assert.deepEqual(othersOf(document, undefined), []);
  assert.deepEqual(othersOf({ ...document, result: { id: '1', text, error: { code: 'no-quorum', message: 'No.' } } }, undefined), []);
  assert.deepEqual(othersOf(done, undefined), whole);
  assert.deepEqual(othersOf({ ...document, given: [ada] }, undefined), [{ text, entities: [ada] }]);
});

test('not while a run is to say what is in it', () => {
  assert.deepEqual(othersOf(done, running), []);
  assert.equal(othersOf(done, { ...running, waiting: ['2'] }).length, 1);
  assert.equal(othersOf(done, { ...running, state: 'cancelled' }).length, 1);
});

const two = 'Ada left. It rained.';
const rained = { start: 13, end: 19, type: 'event' };
const corrected: WorkDocument = {
  ...document,
  text: two,
  result: { id: '1', text: two, entities: [{ ...rained, text: 'rained', score: 0.4 }] },
  edits: [{ to: ada }, { from: rained }],
};
const [first, second] = [
  { text, entities: [ada] },
  { text: 'It rained.', entities: [] },
];
const types = ['person', 'event'];

test('what was corrected is to be saved until it is, a mention that was taken away among it', () => {
  assert.deepEqual(savable(corrected, undefined, place).corrected, [first, second]);
  const half = savable(corrected, undefined, { ...place, saved: [{ ...second, pool: 'letters', types }] });
  assert.deepEqual([half.corrected, half.others, half.saved, half.savedEdits], [[first], [], 1, [{ from: rained }]]);
  const whole = savable(corrected, undefined, { ...place, saved: [first, second].map((one) => ({ ...one, pool: 'letters', types })) });
  assert.deepEqual([whole.corrected, whole.others, whole.saved, whole.savedEdits.length], [[], [], 2, 2]);
});

test('another pool does not have what was saved to one', () => {
  assert.deepEqual(savable(corrected, undefined, { ...place, saved: [{ ...first, pool: 'news', types }] }).corrected, [first, second]);
});

test('a saved correction that is undone is to be saved again; models never take the place of what was saved', () => {
  const undone = savable({ ...corrected, edits: [] }, undefined, { ...place, saved: [{ ...first, pool: 'letters', types }] });
  assert.deepEqual([undone.corrected, undone.others.map(({ text }) => text)], [[{ text, entities: [] }], ['It rained.']]);
});

test('what is in the pool of the page is left out of what models say', () => {
  const own = { pool: undefined, saved: [], ownPool: [{ text: 'It rained.', entities: [{ start: 3, end: 9, type: 'weather' }] }] };
  assert.deepEqual(
    othersOf({ ...corrected, edits: [] }, undefined, own).map(({ text }) => text),
    [text],
  );
});

test('of equal sentences the corrected one is saved', () => {
  const twice = `${text} ${text}`;
  const document: WorkDocument = { id: '1', text: twice, given: [], edits: [{ to: ada }], result: { id: '1', text: twice, entities: [] } };
  const { corrected, others } = savable(document, undefined, place);
  assert.deepEqual([corrected, others], [[first], []]);
});

test('work that is nowhere else is told', () => {
  const workspace = { ...emptyWorkspace, documents: [corrected] };
  assert.ok(hasUnsaved(workspace));
  assert.ok(hasUnsaved({ ...workspace, saved: [{ ...first, pool: 'letters', types }] }));
  assert.ok(
    !hasUnsaved({
      ...workspace,
      saved: [
        { ...first, pool: 'letters', types },
        { ...second, pool: 'news', types },
      ],
    }),
  );
  assert.ok(hasUnsaved({ ...emptyWorkspace, documents: [{ ...document, before: corrected }] }));
  assert.ok(hasUnsaved({ ...emptyWorkspace, ownPool: [first] }));
  assert.ok(!hasUnsaved({ ...emptyWorkspace, documents: [done] }));
});
