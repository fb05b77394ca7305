import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { documentationPages, snippetsOf } from '../../test/snippets.fixture.ts';
import { parsedCommand } from './grammar.fixture.ts';
import { reference, referencePath } from './reference.fixture.ts';

const repository = join(import.meta.dirname, '..', '..');

describe('commands of the documentation are what the command line takes, also those that are not run', async () => {
  for (const page of await documentationPages(repository)) {
    const snippets = snippetsOf(await readFile(join(repository, page), 'utf8'));
    const commands = snippets.flatMap(({ language, code, line }) =>
      language === 'sh' ? commandsIn(code).map((words) => ({ words, line })) : [],
    );
    if (commands.length === 0) continue;
    test(page, async () => {
      for (const { words, line } of commands)
        assert.ok(await parsedCommand(words).catch(() => ''), `${page}:${line}: el4ner ${words.join(' ')}`);
    });
  }
});

test('docs/reference/cli.md is what the command line says', async () => {
  assert.equal(await readFile(referencePath, 'utf8'), reference(), 'Write it anew by `npm run docs`.');
});

/** The words behind each `el4ner` of a script, as far as this shell's grammar goes: quotes, continued lines, comments, pipes and redirections. */
function commandsIn(script: string): readonly (readonly string[])[] {
  const lines = script
    .replaceAll(/\\\n\s*/g, ' ')
    .replaceAll(/(?:^|\s)# .*$/gm, '')
    .split('\n');
  return lines.flatMap((line) =>
    [...line.matchAll(/(?:^|[\s(;&|])el4ner((?:\s+(?:"[^"]*"|'[^']*'|[^\s"'|;&<>()#][^\s"'|;&<>()]*))*)/g)].map(([, words = '']) =>
      [...words.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, bare]) => double ?? single ?? bare ?? ''),
    ),
  );
}
