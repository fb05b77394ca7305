import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { StrictScheme } from '../../evaluation/tagged-spans.ts';
import { foreignTagsNote, tagSchemeNote } from './tag-scheme-note.ts';

const sentences = (...lines: readonly string[]) => lines.map((tags) => tags.split(' '));
const side = (name: string, ...lines: readonly string[]) => ({ name, sentences: sentences(...lines) });

const cases: readonly {
  readonly name: string;
  readonly scheme: StrictScheme;
  readonly gold: readonly string[];
  readonly predicted: readonly string[];
  readonly note: RegExp | undefined;
}[] = [
  { name: 'iob2 read as iob2', scheme: 'iob2', gold: ['B-A I-A O'], predicted: ['O B-A O'], note: undefined },
  { name: 'iobes read as iobes', scheme: 'iobes', gold: ['B-A E-A O'], predicted: ['O S-A O'], note: undefined },
  {
    name: 'iob2 read as iobes',
    scheme: 'iobes',
    gold: ['B-A I-A O'],
    predicted: ['O B-A O'],
    note: /^gold and predicted look like iob2, of which --scheme iobes makes other mentions or none; --scheme iob2 is for them\.$/,
  },
  {
    name: 'mentions that begin with I read as iob2',
    scheme: 'iob2',
    gold: ['I-A I-A O', 'I-B O O'],
    predicted: ['I-A I-A O', 'O O O'],
    note: /^gold and predicted look like iob1, .* --scheme conlleval is for them\.$/,
  },
  {
    name: 'predictions alone in another scheme that one flag reads with the gold tags',
    scheme: 'iob2',
    gold: ['B-A I-A O', 'B-A B-A O'],
    predicted: ['I-A I-A O', 'I-A O O'],
    note: /^predicted look like iob1, .* --scheme conlleval is for them\.$/,
  },
  {
    name: 'predictions in a scheme that no flag reads with the gold tags',
    scheme: 'iobes',
    gold: ['B-A E-A O'],
    predicted: ['B-A I-A O'],
    note: /^predicted look like iob2, .*; "el4ner convert --to conll --scheme iobes" writes them in iobes\.$/,
  },
  {
    name: 'predictions of which a few are ill-formed',
    scheme: 'iob2',
    gold: ['B-A O'],
    predicted: ['B-A I-A', 'B-A', 'I-A'],
    note: undefined,
  },
  { name: 'tags without types', scheme: 'iob2', gold: ['B I O'], predicted: ['B O O'], note: undefined },
  { name: 'no mentions', scheme: 'iobes', gold: ['O O'], predicted: [], note: undefined },
  { name: 'tags that fit no scheme', scheme: 'iobes', gold: ['E-A I-B B-B S-B I-B'], predicted: ['O O O O O'], note: undefined },
];

describe('tags of another scheme than they are read in', () => {
  for (const { name, scheme, gold, predicted, note } of cases) {
    test(name, () => {
      const found = tagSchemeNote(scheme, [side('gold', ...gold), side('predicted', ...predicted)]);
      if (note === undefined) assert.equal(found, undefined);
      else assert.match(found ?? '', note);
    });
  }
});

test('conlleval is said not to know S, U and L, on whatever side they are', () => {
  assert.equal(foreignTagsNote([side('gold', 'B-A I-A'), side('predicted', 'E-A O')]), undefined);
  assert.match(foreignTagsNote([side('gold', 'B-A I-A'), side('predicted', 'U-A O')]) ?? '', /--scheme iobes knows S/);
});
