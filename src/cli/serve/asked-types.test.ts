import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProblemError } from '../../server/problem.ts';
import type { Asked } from '../../server/service.ts';
import { checkLabels, typesFor } from './asked-types.ts';

const sentence = (...types: readonly string[]) => ({ text: 'Ada', entities: types.map((type) => ({ start: 0, end: 3, type })) });

const wrong: Readonly<Record<string, readonly [asked: Asked, pointer: string, told: RegExp]>> = {
  'a type twice': [{ types: ['person', 'place', 'person'] }, '/types/2', /"person" was given twice\.$/],
  'types that differ in case': [{ types: ['a', { name: 'A' }] }, '/types/1', /"A" was given twice: "a" is the same but for case/],
  'a type that is an answer': [{ types: ['person', 'None'] }, '/types/1', /"None" cannot be an entity type/],
  'a blank type': [{ types: [' '] }, '/types/0', /empty name/],
  'sentences that spell a type otherwise': [
    { pool: [sentence('person'), sentence('place', 'Person')] },
    '/pool/1/entities/1/type',
    /calls this type "person"; expected that spelling, and "Person" came/,
  ],
};
for (const [name, [asked, pointer, told]] of Object.entries(wrong)) {
  test(`${name}: the very one is pointed to`, () => {
    const labels = Array.isArray(asked.pool) ? asked.pool.flatMap(({ entities }) => entities.map(({ type }) => type)) : [];
    assert.throws(
      () => typesFor(asked, labels),
      (error) => {
        assert(error instanceof ProblemError);
        assert.equal(error.problem.errors?.[0]?.pointer, pointer);
        assert.match(error.problem.detail, told);
        return true;
      },
    );
  });
}

test('types come as they were given, or from the pool, or are the usual ones', () => {
  const given = [{ name: 'person' }, { name: 'place', definition: 'A city.' }];
  assert.deepEqual(typesFor({ types: ['person', given[1] ?? ''], pool: [sentence('Person', 'person')] }, ['Person', 'person']), given);
  assert.deepEqual(typesFor({ pool: 'letters' }, ['drug']), [{ name: 'drug' }]);
  assert.deepEqual(
    typesFor({}, []).map(({ name }) => name),
    ['person', 'organization', 'location'],
  );
});

test('a mention may have any type that goes with those before it', () => {
  checkLabels([sentence('person', 'place'), sentence('place', 'drug')], ['person'], () => []);
  assert.throws(() => checkLabels([sentence('Place')], ['place', 'person'], () => []), /calls this type "place"/);
});
