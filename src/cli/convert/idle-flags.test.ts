import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { convertFlags, parseFlags } from '../flags.ts';
import { idleFlagNotes } from './idle-flags.ts';

describe('flags that do nothing with the formats are told', () => {
  const cases: readonly (readonly [flags: Record<string, string | boolean>, from: 'jsonl' | 'nested-json', notes: readonly string[]])[] = [
    [{}, 'jsonl', []],
    [{ scheme: 'iob2', idComments: true, skipBad: true, from: 'jsonl' }, 'jsonl', []],
    [{ tagColumn: '2' }, 'jsonl', ['--tag-column is for reading conll, and does nothing where jsonl is read and conll written']],
    [{ detokenize: true }, 'nested-json', []],
    [
      { ends: 'inclusive', modelVersion: 'el4ner' },
      'jsonl',
      [
        '--ends is for reading nested-json or for writing nested-json, and does nothing where jsonl is read and conll written',
        '--model-version is for writing label-studio, and does nothing where jsonl is read and conll written',
      ],
    ],
    [{ ends: 'inclusive' }, 'nested-json', []],
  ];
  for (const [flags, from, notes] of cases) {
    test(`${JSON.stringify(flags)} of ${from}`, () => {
      assert.deepEqual(idleFlagNotes(parseFlags(convertFlags, flags), { from, to: 'conll' }), notes);
    });
  }
});
