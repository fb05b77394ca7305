import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entityTypes } from '../../src/document/entity-type.ts';
import { typeNamed, withKnownTypes } from './type-name.ts';

test('a name is that of a known type whatever its case, and none is no type', () => {
  assert.equal(typeNamed(' Person ', ['place', 'person']), 'person');
  assert.equal(typeNamed(' ship ', ['person']), 'ship');
  for (const name of ['', '  ', 'none', 'None ']) assert.equal(typeNamed(name, []), undefined);
});

test('sentences name a type in one way, so that the types of all of them can be asked for', () => {
  const sentence = (...types: readonly string[]) => ({ text: 'Ada left.', entities: types.map((type) => ({ start: 0, end: 3, type })) });
  const named = withKnownTypes([sentence('Person', 'Ship'), sentence('PERSON', 'none', 'ship')], ['person']);
  const types = [...new Set(named.flatMap(({ entities }) => entities.map(({ type }) => type)))];
  assert.deepEqual(types, ['person', 'Ship']);
  assert.equal(entityTypes(types).length, 2);
});
