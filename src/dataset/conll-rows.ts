import { NerError } from '../error.ts';
import { type BadRowListener, takeBadRow } from './report.ts';
import { fileBlocks, lineBlocks, notUtf8 } from './text-file.ts';

/** A sentence of a CoNLL file. */
export interface ConllSentence {
  /** The columns of each token. The rows lie on lines that follow each other. */
  readonly rows: readonly (readonly string[])[];
  /** Of the first row, from 1. */
  readonly line: number;
  /** The id that the metadata give: `# id = …` or `# sent_id = …`. */
  readonly id?: string;
}

/** How the lines of a CoNLL file become rows. */
export interface ConllRowOptions {
  /** The fewest columns that a row may have; default 2. */
  readonly columns?: number;
  /** Between columns: one tab, or any run of spaces and tabs. Default: `tab` for a row that has one, else `whitespace`. */
  readonly separator?: 'tab' | 'whitespace';
  /**
   * Which lines count: `tokens` leaves out `-DOCSTART-` lines and metadata such as `# sent_id = 7`; with `all` whatever is not blank
   * is a row, as for conlleval. Default `tokens`.
   */
  readonly lines?: 'tokens' | 'all';
  /** Whether a file without rows has no sentences, as for conlleval, and is no error. Default `false`. */
  readonly mayBeEmpty?: boolean;
  /** With `any`, a line that is not UTF-8 is read as Latin-1, for those who only compare tokens. Default `utf8`. */
  readonly encoding?: 'utf8' | 'any';
  /** Is told of a sentence with a bad row, which is left out then. By default the first bad row ends the reading. */
  readonly badRow?: BadRowListener | undefined;
}

const expectedFile = 'CoNLL columns, a token and its tag on each line';
/** What the lines between documents begin with. */
export const documentStart = '-DOCSTART-';
/** An id in the metadata of a sentence; `sent_id` is that of CoNLL-U. */
const idMetadata = /^# (?:sent_)?id = (?<id>.+)$/s;
/** What is surely the tag of a token. */
const tagShape = /^(?:O|[BIESLUMW]-.+)$/;

/**
 * The sentences of a file of CoNLL columns in UTF-8, read as they are asked for, with memory for one sentence and one block of the
 * file. Blank lines, `-DOCSTART-` lines and the end of the file end a sentence. White space at the end of a line (carriage returns too)
 * and a byte order mark are no part of a row. Only spaces and tabs part columns: a no-break space is a token like others; with tabs a
 * token may contain spaces, or be empty.
 *
 * Before the first row of a sentence, a line that begins with `#` is metadata unless its last column is a tag, or rows have no tags there and
 * it has as many columns as the row after it and the same separator. So a token `#` is kept.
 * @throws {NerError} `unreadable-input`, with the line where there is one, if the file cannot be read, has no rows and may not
 * be empty, or a row is not UTF-8 and has to be, or has too few columns. The sentences before a bad row come out first.
 */
export async function* conllSentences(path: string, options: ConllRowOptions = {}): AsyncGenerator<ConllSentence, void, undefined> {
  const { lines = 'tokens' } = options;
  let pending: (string | undefined)[] = [];
  let end = 1;
  let isEmpty = true;
  /** The sentence of the pending lines, which end before line `end`. */
  const finish = (): readonly ConllSentence[] => {
    const content = pending;
    pending = [];
    try {
      const rows = parseSentence(content, { ...options, path, line: end - content.length });
      isEmpty &&= rows.length === 0;
      return rows;
    } catch (error) {
      takeBadRow(error, options.badRow);
      isEmpty = false;
      return [];
    }
  };
  for await (const block of lineBlocks(fileBlocks(path, expectedFile), options.encoding)) {
    end = block.line;
    for (const text of block.texts) {
      const line = text === undefined ? undefined : withoutTrailingSpace(text);
      const isBoundary = line === '' || (lines === 'tokens' && line?.startsWith(documentStart) === true);
      if (!isBoundary) pending.push(line);
      else if (pending.length > 0) yield* finish();
      end++;
    }
  }
  yield* finish();
  if (isEmpty && options.mayBeEmpty !== true)
    throw new NerError(`${path} has no rows; expected ${expectedFile}.`, { code: 'unreadable-input', path });
}

/** The sentence of these lines, if not all of them are metadata. */
function parseSentence(
  lines: readonly (string | undefined)[],
  {
    path,
    line,
    columns: fewest = 2,
    separator,
    lines: kinds = 'tokens',
  }: ConllRowOptions & { readonly path: string; readonly line: number },
): readonly ConllSentence[] {
  const contents = lines.map((content, index) => {
    if (content === undefined) throw notUtf8(path, line + index);
    return content;
  });
  const all = contents.map((content) => columnsOf(content, separator));
  const skipped = kinds === 'all' ? 0 : metadataLines(contents, all);
  const rows = all.slice(skipped);
  for (const [index, row] of rows.entries()) {
    if (row.length >= fewest) continue;
    const at = line + skipped + index;
    throw new NerError(
      `${path}:${at} has ${row.length} of at least ${fewest} columns. Expected a token and its tag with a tab or spaces between them.`,
      { code: 'unreadable-input', path, line: at },
    );
  }
  if (rows.length === 0) return [];
  const [id] = contents.slice(0, skipped).flatMap((content) => idMetadata.exec(content)?.groups?.['id'] ?? []);
  return [{ rows, line: line + skipped, ...(id === undefined ? {} : { id }) }];
}

/**
 * The line of metadata that gives an id to the sentence after it, `# id = …` in the manner of CoNLL-U.
 * @returns `undefined` for an id that would not be read again: an empty one, one with white space at its ends, a tab or a line break in it,
 * or one whose last word looks like a tag, since then the line might be the row of a token `#`.
 */
export function idComment(id: string): string | undefined {
  const isReadAgain = id !== '' && id === id.trim() && !/[\t\r\n]/.test(id) && !tagShape.test(id.split(' ').at(-1) ?? '');
  return isReadAgain ? `# id = ${id}` : undefined;
}

/** How many lines at the head of a sentence are metadata. */
function metadataLines(lines: readonly string[], rows: readonly (readonly string[])[]): number {
  const unmarked = lines.findIndex((line) => !line.startsWith('#'));
  const marked = unmarked === -1 ? lines.length : unmarked;
  const shape = (at: number): string => `${rows[at]?.length} ${lines[at]?.includes('\t')}`;
  const isTagged = (at: number): boolean => tagShape.test(rows[at]?.at(-1) ?? '');
  const isRow = (at: number): boolean =>
    (rows[at]?.length ?? 0) > 1 && (isTagged(at) || (unmarked !== -1 && !isTagged(unmarked) && shape(at) === shape(unmarked)));
  let metadata = 0;
  while (metadata < marked && !isRow(metadata)) metadata++;
  return metadata;
}

/** The columns of a line, see {@link ConllRowOptions}. */
export function columnsOf(line: string, separator?: 'tab' | 'whitespace'): readonly string[] {
  const isTabbed = separator === undefined ? line.includes('\t') : separator === 'tab';
  return isTabbed ? line.split('\t') : line.split(/[ \t]+/).filter((column) => column !== '');
}

/** A loop, since a pattern would take quadratic time over long runs of spaces. */
function withoutTrailingSpace(line: string): string {
  let end = line.length;
  while (end > 0 && ' \t\r'.includes(line.charAt(end - 1))) end--;
  return end === line.length ? line : line.slice(0, end);
}
