import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { NerError } from '../../error.ts';
import { parseFlags, scoreFlags } from '../flags.ts';
import { planScore } from './plan.ts';

const files: Readonly<Record<string, string>> = {
  'gold.conll': 'Ada\tB-person\nslept\tO\n',
  'pred.conll': 'Ada\tO\nslept\tB-person\n',
  'tags.txt': 'B-person\nO\n',
  'gold.jsonl': '{"text":"Ada slept","entities":[{"start":0,"end":3,"type":"person"}]}\n',
  'gold.spacy': '{"text":"Ada slept","spans":[{"start":0,"end":3,"label":"person"}]}\n',
  'plain.txt': 'Ada slept well.\n',
};

let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-plan-'));
  for (const [name, content] of Object.entries(files)) await writeFile(join(scratch, name), content);
});
after(() => rm(scratch, { recursive: true }));

/** @param words - flags; those of paths have names of files. */
function plan(words: Readonly<Record<string, string>>) {
  const entries = Object.entries(words).map(([key, value]) => [
    key,
    ['gold', 'pred', 'compare'].includes(key) ? join(scratch, value) : value,
  ]);
  return planScore(parseFlags(scoreFlags, Object.fromEntries(entries)));
}

const schemes: readonly (readonly [name: string, flags: Readonly<Record<string, string>>, scheme: string, note?: RegExp])[] = [
  ['columns with both', { gold: 'gold.conll' }, 'conlleval'],
  ['two files of columns', { gold: 'gold.conll', pred: 'pred.conll' }, 'conlleval'],
  ['columns and a file of tags alone', { gold: 'gold.conll', pred: 'tags.txt' }, 'conlleval'],
  ['two files of spans', { gold: 'gold.jsonl', pred: 'gold.spacy' }, 'spans'],
  [
    'gold columns and predicted spans',
    { gold: 'gold.conll', pred: 'gold.jsonl' },
    'spans',
    /gold\.conll is in the format conll and .*jsonl;/,
  ],
  ['gold spans and predicted columns', { gold: 'gold.jsonl', pred: 'pred.conll' }, 'spans', /pred\.conll is in the format conll;/],
  [
    'columns, and spans to compare',
    { gold: 'gold.conll', pred: 'pred.conll', compare: 'gold.jsonl' },
    'spans',
    /gold\.jsonl is in the format/,
  ],
  ['what was asked for', { gold: 'gold.conll', pred: 'pred.conll', scheme: 'spans' }, 'spans'],
  ['a format that was named', { gold: 'gold.jsonl', pred: 'gold.jsonl', from: 'conll' }, 'conlleval'],
];

describe('the scheme is chosen for', () => {
  for (const [name, flags, scheme, note] of schemes) {
    test(name, async () => {
      const found = await plan(flags);
      assert.equal(found.scheme, scheme);
      if (note === undefined) assert.equal(found.note, undefined);
      else assert.match(found.note ?? '', note);
    });
  }
});

test('the format of each file is told', async () => {
  const { formats } = await plan({ gold: 'gold.jsonl', pred: 'gold.spacy', compare: 'pred.conll' });
  assert.deepEqual([...formats.values()], ['jsonl', 'spacy', 'conll']);
});

describe('it is an error', () => {
  const cases: Record<string, readonly [flags: Readonly<Record<string, string>>, message: RegExp]> = {
    'that predictions are missing': [{ gold: 'gold.jsonl' }, /gold mentions in the format jsonl; name the predictions with --pred/],
    'that spans lack predictions': [{ gold: 'gold.conll', scheme: 'spans' }, /--scheme spans compares two files/],
    'to read spans as columns': [
      { gold: 'gold.conll', pred: 'gold.jsonl', scheme: 'iob2' },
      /^--scheme iob2 compares CoNLL columns, but \S+gold\.conll is in the format conll and \S+gold\.jsonl is in the format jsonl\./,
    ],
    'to compare columns that hold predictions with spans': [{ gold: 'gold.conll', compare: 'gold.jsonl' }, /jsonl is in the format jsonl/],
    'to look for mentions in plain text': [{ gold: 'gold.jsonl', pred: 'plain.txt' }, /plain\.txt looks like plain text/],
    'to match texts of columns': [{ gold: 'gold.conll', match: 'text' }, /--match text .* needs --scheme spans/],
  };
  for (const [name, [flags, message]] of Object.entries(cases)) {
    test(name, () =>
      assert.rejects(plan(flags), (error) => {
        assert.ok(error instanceof NerError && error.detail.code === 'usage');
        assert.match(error.message, message);
        return true;
      }),
    );
  }

  test('to give what can be read only once without naming its format', async () => {
    const flags = parseFlags(scoreFlags, { gold: devNull, pred: join(scratch, 'pred.conll') });
    await assert.rejects(planScore(flags), /can be read only once, .* --from/);
    assert.equal((await planScore({ ...flags, scheme: 'iob2' })).scheme, 'iob2');
  });
});
