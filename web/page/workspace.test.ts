import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LabelledBody } from '../../src/server/schemas.ts';
import { hasUnsaved } from './savable.ts';
import { after, emptyWorkspace, type Happening, mentionsOf, shownIn, type Workspace } from './workspace.ts';

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

test('a run that agrees with a correction is no end of it', () => {
  const corrected = happened(written, result(), { kind: 'edited', edits: [{ from: bare(ada) }, { to: place }] });
  const agreed = after(corrected, result([]));
  assert.deepEqual(shownIn(agreed).edits, [{ from: undefined, to: place }]);
  assert.deepEqual(mentionsOf(shownIn(after(agreed, result()))).map(bare), [place]);
  const otherwise = after(agreed, { kind: 'edited', edits: [{ to: bare(ada) }] });
  assert.deepEqual(mentionsOf(shownIn(after(otherwise, result()))).map(bare), [bare(ada)]);
});

const labelled = { text: 'Ada saw Rome.', entities: [place] };
const inLetters = { ...labelled, pool: 'letters', types: ['person', 'place', 'ship'] };
const saved: Happening = { kind: 'saved', sentences: [inLetters] };
const corrections: Happening = { kind: 'edited', edits: [{ from: bare(ada) }, { to: place }] };

test('a saved sentence stays as it was saved, whatever later runs find in it, and shows what they found', () => {
  const again = happened(written, result(), corrections, saved, result([]), result([ada, { ...ada, start: 4, end: 7, text: 'saw' }]));
  assert.deepEqual(mentionsOf(shownIn(again)).map(bare), [place]);
  assert.equal(shownIn(again).edits.length, 3);
  assert.ok(!hasUnsaved(again));
});

test('what was corrected after it was saved holds, too, and what was undone', () => {
  const ship = { ...place, type: 'ship' };
  const changed = happened(
    written,
    result(),
    corrections,
    saved,
    { kind: 'edited', edits: [{ to: ship }] },
    result([{ ...ada, type: 'x' }]),
  );
  assert.deepEqual(mentionsOf(shownIn(changed)).map(bare), [bare(ada), ship]);
});

test('a sentence that was saved is known again in another text, and after the page was loaded anew', () => {
  const text = 'It rained. Ada saw Rome. Who says that Ada saw Rome.?';
  const found = { start: 11, end: 14, text: 'Ada', type: 'person', score: 0.9 };
  const anew = [
    { kind: 'written' as const, text },
    { kind: 'document' as const, result: { id: '1', text, entities: [found] } },
  ].reduce<Workspace>(after, { ...emptyWorkspace, saved: [inLetters] });
  assert.deepEqual(mentionsOf(shownIn(anew)).map(bare), [{ start: 19, end: 23, type: 'place' }]);
});

test('models may find what nobody asked for when a sentence was saved, and lose it again; not where there is a mention', () => {
  const [saw, rome] = [
    { ...ada, start: 4, end: 7, text: 'saw', type: 'event' },
    { ...ada, start: 8, end: 12, text: 'Rome', type: 'city' },
  ];
  const again = happened(written, result(), corrections, saved, result([saw, rome]));
  assert.deepEqual(mentionsOf(shownIn(again)).map(bare), [bare(saw), place]);
  assert.ok(!hasUnsaved(again));
  assert.deepEqual(mentionsOf(shownIn(after(again, result([])))).map(bare), [place]);
  const said = after(again, { kind: 'edited', edits: [...shownIn(again).edits, { from: bare(saw) }] });
  assert.deepEqual(mentionsOf(shownIn(after(said, result([saw])))).map(bare), [place]);
});

test('sentences are saved to the pool of the page, and forgotten with it', () => {
  const toOwn = (sentence: typeof labelled): Happening => ({ kind: 'saved', sentences: [{ ...sentence, types: inLetters.types }] });
  const own = happened(written, result(), corrections, toOwn(labelled));
  assert.deepEqual(own.ownPool, [labelled]);
  const better = { ...labelled, entities: [] };
  const twice = after(own, toOwn(better));
  assert.deepEqual([twice.ownPool, twice.saved.length], [[better], 1]);
  const [sentence] = twice.ownPool;
  assert.ok(sentence);
  assert.deepEqual(after(twice, { kind: 'removed', sentence }).saved, []);
  assert.deepEqual(after(twice, { kind: 'pooled', sentences: [labelled] }).saved, []);
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
    event: { id, start: 0, windows: 1, stage, demonstrations: 2, mentions: [] },
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
