import assert from 'node:assert/strict';
import { test } from 'node:test';
import { after, emptyWorkspace, type Happening, mentionsOf, type Workspace } from './workspace.ts';

const happened = (...happenings: readonly Happening[]): Workspace => happenings.reduce(after, emptyWorkspace);
const written: Happening = { kind: 'written', text: 'Ada saw Rome.' };
const ada = { start: 0, end: 3, text: 'Ada', type: 'person', score: 0.9 };
const place = { start: 8, end: 12, type: 'place' };
const result = (entities = [ada]): Happening => ({ kind: 'document', result: { id: '1', text: 'Ada saw Rome.', entities } });
const sample = (id: string) => ({ id, text: 'Bob slept.', entities: [] });

test('a result comes to its document, with its run counted, and one of another text is forgotten', () => {
  const done = happened(written, { kind: 'begun', ids: ['1'] }, result(), { kind: 'ended', state: 'done' });
  assert.deepEqual([done.documents[0]?.result?.entities, done.run?.waiting, done.run?.state], [[ada], [], 'done']);
  const changed = happened({ kind: 'written', text: 'Other.' }, { kind: 'begun', ids: ['1'] }, result());
  assert.equal(changed.documents[0]?.result, undefined);
});

test('a new text forgets what was found and corrected', () => {
  const { documents } = happened(written, result(), { kind: 'edited', edits: [{ to: place }] }, { kind: 'written', text: 'Ada.' });
  assert.deepEqual(documents, [{ id: '1', text: 'Ada.', given: [], edits: [] }]);
});

test('corrections wait for the next run, which may agree with them', () => {
  const edits = [{ to: place }, { from: { start: 0, end: 3, type: 'person' } }];
  const corrected = happened(written, result(), { kind: 'edited', edits });
  const again = after(corrected, result([]));
  assert.deepEqual(again.documents[0]?.edits, [{ from: undefined, to: place }]);
});

test('what was saved is what is known, and the sentences are in the pool of the page', () => {
  const sentence = { text: 'Ada saw Rome.', entities: [] };
  const saved = happened(written, result(), { kind: 'edited', edits: [{ to: place }] }, { kind: 'saved', toOwnPool: [sentence] });
  const [document] = saved.documents;
  assert.deepEqual(document && mentionsOf(document).map(({ type }) => type), ['person', 'place']);
  assert.deepEqual([document?.edits, saved.ownPool], [[], [sentence]]);
  const better = { ...sentence, entities: [place] };
  assert.deepEqual(after(saved, { kind: 'saved', toOwnPool: [better] }).ownPool, [better]);
});

test('imported texts take the place of an empty one, else they are added; ids stay different', () => {
  const first = happened({ kind: 'imported', samples: [sample('a'), sample('a')] });
  assert.deepEqual([first.documents.map(({ id }) => id), first.at], [['a', 'a (2)'], 0]);
  const second = after(first, { kind: 'imported', samples: [sample('a')] });
  assert.deepEqual([second.documents.map(({ id }) => id), second.at], [['a', 'a (2)', 'a (3)'], 2]);
  assert.equal(after(second, { kind: 'shown', at: 9 }).at, 2);
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
