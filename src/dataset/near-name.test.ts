import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nearName } from './near-name.ts';

describe('the name that is likely meant', () => {
  const names = ['wnut17', 'bc5cdr', 'bc2gm', 'crossner-ai'];
  const cases: Record<string, string | undefined> = {
    wnut: 'wnut17',
    WNUT16: 'wnut17',
    bc5dcr: 'bc5cdr',
    crossner_ai: 'crossner-ai',
    conll2003: undefined,
    '': undefined,
  };
  for (const [word, name] of Object.entries(cases)) test(`${word}: ${name}`, () => assert.equal(nearName(word, names), name));
});
