import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extractSchema } from '../../src/server/schemas.ts';
import { afterSaving, ownPool, requestOf, typeNames, usualSettings, withPool } from './settings.ts';

const documents = [{ id: '1', text: 'Ada.' }];
const sentence = { text: 'Eve.', entities: [{ start: 0, end: 3, type: 'agent' }] };
const ask = (changes: Partial<typeof usualSettings>, own = [sentence]) =>
  requestOf({ ...usualSettings, ...changes }, { id: '1', text: 'Ada.' }, { models: ['a', 'b'], own });
const rows = [
  { name: ' person ', definition: '' },
  { name: '', definition: 'lost' },
  { name: 'drug', definition: 'A medicine.' },
];

test('what was left alone is not asked for', () => {
  assert.deepEqual(ask({}), { documents, trace: true, options: {} });
});

test('what was chosen is asked for, and the server takes it', () => {
  const request = ask({ types: rows, without: ['a'], pool: 'letters', k: '3', preset: 'fast', verifier: 'nobody', overlaps: 'nested' });
  assert.deepEqual(request, {
    documents,
    trace: true,
    types: ['person', { name: 'drug', definition: 'A medicine.' }],
    models: ['b'],
    pool: 'letters',
    options: { k: 3, preset: 'fast', verifier: 'nobody', overlaps: 'nested', selection: { allowQuery: true } },
  });
  assert.ok(extractSchema.safeParse(request).success);
});

test('the pool of the page goes along, if there is something in it', () => {
  assert.deepEqual(ask({ pool: ownPool }).pool, [sentence]);
  assert.equal(ask({ pool: ownPool }, []).pool, undefined);
});

test('no model is chosen: the server is to say so', () => assert.deepEqual(ask({ without: ['a', 'b'] }).models, []));

test('the types are those that were given, of the pool, or the usual ones', () => {
  const pool = {
    name: 'letters',
    sentences: 1,
    revision: 'a',
    types: [{ name: 'ship', mentions: 2 }],
    isWritable: true,
    isCalibrated: false,
  };
  assert.deepEqual(typeNames(usualSettings, [pool], []), ['person', 'organization', 'location']);
  assert.deepEqual(typeNames({ ...usualSettings, pool: 'letters' }, [pool], []), ['ship']);
  assert.deepEqual(typeNames({ ...usualSettings, pool: ownPool }, [pool], [sentence]), ['agent']);
  assert.deepEqual(typeNames({ ...usualSettings, types: rows }, [pool], []), ['person', 'drug']);
});

test('types of corrections join those that are known, as long as their pool is used', () => {
  const saved = afterSaving(usualSettings, 'letters', { known: ['person', 'PERSON', 'none'], saved: ['ship', 'Person', 'ship'] });
  const names = (settings: typeof usualSettings) => settings.types?.map(({ name }) => name);
  assert.deepEqual([saved.pool, names(saved)], ['letters', ['person', 'ship']]);
  assert.deepEqual(names(withPool(saved, 'letters')), ['person', 'ship']);
  assert.equal(names(withPool(saved, 'news')), undefined);
});

test('types that the user wrote stay with whatever pool', () => {
  const saved = afterSaving({ ...usualSettings, types: rows }, 'letters', { known: [], saved: ['ship'] });
  assert.deepEqual(withPool(saved, 'news').types?.at(-1)?.name, 'ship');
});
