import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { documentsSchema, pack, unpack } from './payload.ts';

test('documents come out of a packed text as they went in, whatever is in them', () =>
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }))), (pairs) => {
      const documents = [...pairs, ['nil', '\u0000'], ['half', '\ud800']].map(([id = '', text = '']) => ({ id, text }));
      const packed = pack(documents);
      assert.match(packed, /^[\w+/=]*$/);
      assert.deepEqual(unpack(documentsSchema, packed), documents);
    }),
  ));
