import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exampleOf, kindOf, operationsOf, resolved, type Schema } from './openapi.ts';

const pet: Schema = {
  type: 'object',
  description: 'An animal.',
  properties: { name: { type: 'string', example: 'Ada' }, age: { type: 'integer', minimum: 1 }, note: { type: 'string' } },
  required: ['name', 'age'],
};
const api = { components: { schemas: { Pet: pet } } };
const reference = { $ref: '#/components/schemas/Pet' };

test('what is said where a schema is referred to comes first', () => {
  assert.deepEqual(resolved({ ...reference, description: 'Mine.' }, api), { ...pet, description: 'Mine.', name: 'Pet' });
  assert.deepEqual(resolved({ allOf: [reference], description: 'Mine.' }, api), { ...pet, description: 'Mine.', name: 'Pet' });
});

test('kinds of values in words', () => {
  assert.equal(kindOf({ type: 'array', items: reference }, api), 'array of Pet');
  assert.equal(kindOf({ anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'number' } }] }, api), 'string or array of number');
  assert.equal(kindOf({ enum: ['flat', 'nested'] }, api), '"flat" or "nested"');
  assert.equal(kindOf({}, api), 'anything');
});

test('an example has what is required', () => {
  assert.deepEqual(exampleOf({ type: 'array', items: reference }, api), [{ name: 'Ada', age: 1 }]);
});

test('operations are listed with their method and path', () => {
  const operation = { responses: { 200: { description: 'Fine.' } } };
  const listed = operationsOf({ info: { title: 't', version: '1' }, paths: { '/a': { get: operation, post: operation } } });
  assert.deepEqual(
    listed.map(({ method, path }) => `${method} ${path}`),
    ['get /a', 'post /a'],
  );
});
