import { basename } from 'node:path';
import type { Span } from '../document/span.ts';
import { NerError, usageError } from '../error.ts';
import { type ConllSentence, conllSentences, documentStart, idComment } from './conll-rows.ts';
import type { ReadSettings, WriteSettings } from './format.ts';
import { lookAhead } from './look-ahead.ts';
import { takeBadRow } from './report.ts';
import { type Sample, sampleName } from './sample.ts';
import { decodeTags, detectTagScheme, encodeTags, expectedTags, isTag, schemeNote, schemeSample, type TagForm } from './tag-schemes.ts';
import { sampleOfTokens } from './token-joining.ts';
import { tokenized } from './tokens.ts';

/**
 * The sentences of a file of CoNLL columns, see {@link conllSentences}, called by the id in their metadata, or by file and line. Tags may
 * be of any scheme, which is reported; ill-formed ones are read as {@link decodeTags} does.
 * @throws {NerError} `unreadable-input`, with the line, also where what should be a tag is none.
 */
export async function* readConll(path: string, settings: ReadSettings): AsyncGenerator<Sample, void, undefined> {
  const { tokenColumn, tagColumn, report } = settings;
  const columns = Math.max(2, Math.abs(tokenColumn), Math.abs(tagColumn));
  const sentences = conllSentences(path, { columns, badRow: report.badRow });
  const { head, all } = await lookAhead(sentences, schemeSample);
  const finding = detectTagScheme(head.map((sentence) => column(sentence, tagColumn)));
  const width = head[0]?.rows[0]?.length ?? columns;
  report.note(
    `${basename(path)}: tokens in column ${place(tokenColumn, width)}, tags in column ${place(tagColumn, width)} of ${width}; ${schemeNote(finding)}`,
  );
  for await (const sentence of all) {
    const tags = column(sentence, tagColumn);
    const bad = tags.findIndex((tag) => !isTag(tag, finding.form));
    if (bad === -1) {
      const name = sampleName(sentence.id, `${basename(path)}:${sentence.line}`);
      yield sampleOfTokens(name, column(sentence, tokenColumn), decodeTags(tags, finding.form), settings);
      continue;
    }
    takeBadRow(noTag(path, sentence.line + bad, { tag: tags[bad] ?? '', form: finding.form }), report.badRow);
  }
}

function column({ rows }: ConllSentence, number: number): readonly string[] {
  return rows.map((row) => row.at(number > 0 ? number - 1 : number) ?? '');
}

function place(number: number, width: number): number {
  return number > 0 ? number : width + 1 + number;
}

function noTag(path: string, line: number, { tag, form }: { readonly tag: string; readonly form: TagForm }): NerError {
  const message = `${path}:${line} cannot be read. "${tag}" is no tag; expected ${expectedTags[form]}. --tag-column says where the tags are.`;
  return new NerError(message, { code: 'unreadable-input', path, line });
}

/**
 * Two columns with a tab between them: token and tag; a blank line after each sample. Tokens are those of the sample, cut where a
 * mention begins or ends, else words. Of mentions that overlap the outermost are kept. If the settings want it, a comment before the first
 * row gives the id. Reports what is lost.
 * @throws {NerError} `usage` if there are texts, and none of them has a token: nothing could be read of what is written.
 */
export async function* writeConll(samples: AsyncIterable<Sample>, settings: WriteSettings): AsyncGenerator<string, void, undefined> {
  const { scheme, report } = settings;
  let [sentences, wordless] = [0, 0];
  for await (const sample of samples) {
    const { text, tokens: given = [] } = sample;
    const { tokens, mentions } = tokenized({ ...sample, tokens: rowTokens(text, given) }, 'flat', settings);
    if (tokens.length === 0) {
      report.count('texts without a token, left out');
      wordless++;
      continue;
    }
    sentences++;
    const named = mentions.map((mention) => ({ ...mention, type: mention.type.trim().replace(/\s+/g, ' ') }));
    for (const { type } of named)
      if (type.includes(' ')) report.count('mentions with a space in their type, where some tools part columns');
    const tags = encodeTags(tokens.length, named, scheme);
    const rows = tokens.map(({ start, end }, index) => `${text.slice(start, end)}\t${tags[index]}\n`);
    for (const row of rows) if (row.startsWith(documentStart)) report.count('tokens that readers take for the start of a document');
    yield `${idLine(sample, settings)}${rows.join('')}\n`;
  }
  if (sentences === 0 && wordless > 0)
    throw usageError(`The texts have no tokens (all ${wordless} of them), and columns have nothing else. --to names another format.`);
}

/** The line before the rows that gives the id; empty if there is to be none, or nothing to tell. */
function idLine({ id, isUnnamed }: Sample, { idComments, report }: WriteSettings): string {
  if (isUnnamed) return '';
  const comment = idComment(id);
  if (idComments && comment !== undefined) return `${comment}\n`;
  report.count(idComments ? 'ids that no comment can give, left out' : 'ids, left out (--id-comments keeps them)');
  return '';
}

/** The tokens that a row can hold; those that are white space or have line breaks give way to the words in them. */
function rowTokens(text: string, given: readonly Span[]): readonly Span[] {
  return given.filter(({ start, end }) => start === end || !/^ +$|[\t\r\n]/.test(text.slice(start, end)));
}
