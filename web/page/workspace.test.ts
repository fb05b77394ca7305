import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LabelledBody } from '../../src/server/schemas.ts';
import { after, emptyWorkspace, type Happening, hasUnsaved, mentionsOf, shownIn, type Workspace } from './workspace.ts';

const happened = (...happenings: readonly Happening[]): Workspace => happenings.reduce(after, emptyWorkspace);
const written: Happening = { kind: 'written', text: 'Ada saw Rome.' };
const ada = { start: 0, end: 3, text: 'Ada', type: 'person', score: 0.9 };
const place = { start: 8, end: 12, type: 'place' };
const result = (entities = [ada]): Happening => ({ kind: 'document', result: { id: '1', text: 'Ada saw Rome.', entities } });
const bare = ({ start, end, type }: typeof place) => ({ start, end, type });
const sample = (id: string) => ({ id, text: 'Bob slept.', entities: [] });

test('a result comes to its document, with its run counted, and one of another text is forgotten', () => {
  const done = happened(written, { kind: 'begun', ids: ['1'] }, result(), { kind: 'ended', state: 'done' });
  assert.deepEqual([done.documents[0]?.result?.entities, done.run?.waiting, done.run?.state], [[ada], [], 'done']);
  const changed = happened({ kind: 'written', text: 'Other.' }, { kind: 'begun', ids: ['1'] }, result());
  assert.equal(changed.documents[0]?.result, undefined);
});

test('a new text has nothing of what was found and corrected, which is back with the text as it was, until the new one was run', () => {
  const corrected = happened(written, result(), { kind: 'edited', edits: [{ to: place }] });
  const [before] = corrected.documents;
  const changed = ['Ada saw', 'Ada.'].reduce((workspace, text) => after(workspace, { kind: 'written', text }), corrected);
  assert.deepEqual(changed.documents, [{ id: '1', text: 'Ada.', given: [], edits: [], before }]);
  assert.ok(hasUnsaved(changed));
  assert.deepEqual(after(changed, written).documents, [before]);
  const again = after(changed, { kind: 'document', result: { id: '1', text: 'Ada.', entities: [] } });
  assert.equal(again.documents[0]?.before, undefined);
});

test('corrections wait for the next run, which may agree with them', () => {
  const edits = [{ to: place }, { from: { start: 0, end: 3, type: 'person' } }];
  const corrected = happened(written, result(), { kind: 'edited', edits });
  const again = after(corrected, result([]));
  assert.deepEqual(again.documents[0]?.edits, [{ from: undefined, to: place }]);
});

test('what was saved is what is known, and the sentences are in the pool of the page', () => {
  const sentence = { text: 'Ada saw Rome.', entities: [] };
  const corrected = happened(written, result(), { kind: 'edited', edits: [{ to: place }] });
  const saved = after(corrected, { kind: 'saved', document: shownIn(corrected), toOwnPool: [sentence] });
  assert.deepEqual(
    mentionsOf(shownIn(saved)).map(({ type }) => type),
    ['person', 'place'],
  );
  assert.deepEqual([shownIn(saved).edits, saved.ownPool], [[], [sentence]]);
  const better = { ...sentence, entities: [place] };
  assert.deepEqual(after(saved, { kind: 'saved', document: shownIn(saved), toOwnPool: [better] }).ownPool, [better]);
});

test('what is saved while the user goes on is what was sent: later corrections stay, and those of other documents and texts', () => {
  const corrected = happened(written, result(), { kind: 'edited', edits: [{ to: place }] });
  const saved: Happening = { kind: 'saved', document: shownIn(corrected), toOwnPool: [] };
  const further = after(corrected, { kind: 'edited', edits: [{ to: place }, { from: bare(ada) }] });
  assert.deepEqual(shownIn(after(further, saved)).edits, [{ from: bare(ada), to: undefined }]);
  const elsewhere = [
    { kind: 'imported' as const, samples: [sample('2')] },
    { kind: 'edited' as const, edits: [{ to: bare(ada) }] },
  ].reduce<Workspace>(after, corrected);
  assert.deepEqual(
    after(elsewhere, saved).documents.map(({ edits }) => edits.length),
    [0, 1],
  );
  assert.deepEqual(mentionsOf(shownIn(after(after(corrected, { kind: 'written', text: 'Eve.' }), saved))), []);
});

test('labelled sentences that are imported join those that are there; work that is nowhere else is told', () => {
  const [a, b]: readonly [LabelledBody, LabelledBody] = [
    { text: 'a', entities: [] },
    { text: 'b', entities: [] },
  ];
  const pooled = happened({ kind: 'pooled', sentences: [a] }, { kind: 'pooled', sentences: [b, { ...a }] });
  assert.deepEqual(pooled.ownPool, [a, b]);
  assert.ok(hasUnsaved(pooled));
  assert.ok(hasUnsaved(happened(written, result(), { kind: 'edited', edits: [{ to: place }] })));
  const [first] = pooled.ownPool;
  assert.ok(first && !after(pooled, { kind: 'removed', sentence: first }).ownPool.includes(first));
  assert.ok(!hasUnsaved(happened(written, result())));
});

test('imported texts take the place of an empty one, else they are added; ids stay different', () => {
  const first = happened({ kind: 'imported', samples: [sample('a'), sample('a')] });
  assert.deepEqual([first.documents.map(({ id }) => id), first.at], [['a', 'a (2)'], 0]);
  const second = after(first, { kind: 'imported', samples: [sample('a')] });
  assert.deepEqual([second.documents.map(({ id }) => id), second.at], [['a', 'a (2)', 'a (3)'], 2]);
  assert.equal(after(second, { kind: 'shown', at: 9 }).at, 2);
  assert.equal(after(second, { kind: 'imported', samples: [] }), second);
});

test('stages are kept as they are done, those of other documents until these are', () => {
  const stage = (id: string, stage: 'retrieve' | 'extract'): Happening => ({
    kind: 'stage',
    event: { id, start: 0, stage, demonstrations: 2, mentions: [] },
  });
  const { run } = happened(
    { kind: 'begun', ids: ['1', '2'] },
    stage('1', 'retrieve'),
    stage('1', 'extract'),
    stage('1', 'extract'),
    stage('2', 'retrieve'),
    result(),
  );
  assert.deepEqual(
    run?.stages.map(({ id, stage }) => `${id} ${stage}`),
    ['2 retrieve'],
  );
});
