import { type ConllSentence, conllSentences } from '../../dataset/conll-rows.ts';
import { isTag } from '../../dataset/tag-schemes.ts';
import { NerError } from '../../error.ts';
import type { TaggedSentence } from '../../evaluation/conlleval.ts';
import { isTagOf, type TagScheme } from '../../evaluation/tagged-spans.ts';

/** Where gold and predicted tags are. */
export interface TagSources {
  readonly gold: string;
  /** The gold tags' column, counted from the end: -1 is the last one. */
  readonly goldColumn: -1 | -2;
  /** Predicted tags are always in the last column. */
  readonly predicted: string;
  readonly scheme: TagScheme;
  /** Is told what the columns are taken for, where a user may have meant otherwise. */
  readonly note: (line: string) => void;
}

/**
 * The sentences of CoNLL columns with their gold and predicted tags: the last two columns of one file, or the last columns of two files
 * that have the same tokens. For conlleval every line counts that is not blank, a file may have none, and a row whose first column is `-X-` is a boundary.
 * @throws {NerError} `unreadable-input` with file and line, both files' where they disagree.
 */
export async function* taggedPairs(sources: TagSources): AsyncGenerator<TaggedSentence, void, undefined> {
  const { gold, goldColumn, predicted, scheme } = sources;
  const tagOf = tagReader(scheme);
  const tags = (sentence: ConllSentence, path: string, column: -1 | -2) =>
    sentence.rows.map((row, index) => tagOf(row.at(column) ?? '', path, sentence.line + index));
  if (gold === predicted) {
    const check = goldColumnCheck(sources);
    for await (const sentence of regular(gold, sentences(gold, scheme, 2))) {
      check.see(sentence);
      yield { gold: tags(sentence, gold, goldColumn), predicted: tags(sentence, gold, -1) };
    }
    check.end();
    return;
  }
  const others = sentences(predicted, scheme, 1);
  try {
    for await (const sentence of sentences(gold, scheme, -goldColumn)) {
      const { value: other } = await others.next();
      if (!other) throw disagreement({ path: predicted }, `ends where ${gold}:${sentence.line} has a sentence`);
      checkSame({ path: gold, ...sentence }, { path: predicted, ...other });
      yield { gold: tags(sentence, gold, goldColumn), predicted: tags(other, predicted, -1) };
    }
    const { value: left } = await others.next();
    if (left) throw disagreement({ path: predicted, line: left.line }, `goes on where ${gold} ends`);
  } finally {
    await others.return();
  }
}

/**
 * Tells where the last two columns of one file are likely not gold and predicted tags: at once if there are no others, and in the end if
 * there was no tag in the first of them, as where it has parts of speech.
 */
function goldColumnCheck({ gold, goldColumn, note }: TagSources) {
  let width: number | undefined;
  let hasTags = false;
  return {
    see({ rows }: ConllSentence): void {
      if (width === undefined && goldColumn === -2 && rows[0]?.length === 2) {
        note(
          `${gold} has two columns and no --pred was given: they are taken for gold and predicted tags without tokens. If they are tokens and their gold tags, name the predictions with --pred.`,
        );
      }
      width ??= rows[0]?.length;
      hasTags ||= rows.some((row) => isTag(row.at(goldColumn) ?? '') || isTag(row.at(goldColumn) ?? '', 'letter'));
    },
    end(): void {
      if (hasTags || goldColumn === -1 || width === undefined || width === 2) return;
      note(
        `${gold} has no tag in column ${width - 1} of ${width}, which is taken for the gold tags since no --pred was given. If the last column has them, name the predictions with --pred.`,
      );
    },
  };
}

async function* sentences(path: string, scheme: TagScheme, columns: number): AsyncGenerator<ConllSentence, void, undefined> {
  const isLenient = scheme === 'conlleval';
  // Shared tasks before UTF-8 have files in Latin-1; of tokens it only matters whether they are the same.
  const options = { columns, lines: isLenient ? 'all' : 'tokens', mayBeEmpty: isLenient, encoding: 'any' } as const;
  for await (const sentence of conllSentences(path, options)) {
    if (isLenient) yield* withoutBoundaries(sentence);
    else yield sentence;
  }
}

function* withoutBoundaries({ rows, line }: ConllSentence): Generator<ConllSentence, void, undefined> {
  let from = 0;
  for (let index = 0; index <= rows.length; index++) {
    if (index < rows.length && rows[index]?.[0] !== '-X-') continue;
    if (index > from) yield { rows: from === 0 && index === rows.length ? rows : rows.slice(from, index), line: line + from };
    from = index + 1;
  }
}

/** With two tags a row, a row of another width would give a wrong tag. */
async function* regular(path: string, all: AsyncIterable<ConllSentence>): AsyncGenerator<ConllSentence, void, undefined> {
  let width: number | undefined;
  for await (const sentence of all) {
    for (const [index, row] of sentence.rows.entries()) {
      width ??= row.length;
      if (row.length === width) continue;
      const line = sentence.line + index;
      const message = `${path}:${line} has ${row.length} columns where the rows before have ${width}; expected as many in every row.`;
      throw new NerError(message, { code: 'unreadable-input', path, line });
    }
    yield sentence;
  }
}

/** Tokens are compared where both files have them. */
function checkSame(gold: ConllSentence & { readonly path: string }, predicted: ConllSentence & { readonly path: string }): void {
  for (let index = 0; index < Math.max(gold.rows.length, predicted.rows.length); index++) {
    const [row, other] = [gold.rows[index], predicted.rows[index]];
    const goldPlace = `${gold.path}:${gold.line + index}`;
    const place = { path: predicted.path, line: predicted.line + index };
    if (other === undefined) throw disagreement(place, `ends a sentence where ${goldPlace} has "${row?.[0]}"`);
    if (row === undefined) throw disagreement(place, `has "${other[0]}" where ${goldPlace} ends a sentence`);
    const haveTokens = row.length > 1 && other.length > 1;
    if (haveTokens && row[0] !== other[0]) throw disagreement(place, `has the token "${other[0]}" where ${goldPlace} has "${row[0]}"`);
  }
}

function disagreement(place: { readonly path: string; readonly line?: number }, what: string): NerError {
  const name = place.line === undefined ? place.path : `${place.path}:${place.line}`;
  return new NerError(`${name} ${what}; expected the same sentences and tokens in both files.`, { code: 'unreadable-input', ...place });
}

/** Hands out tags of the scheme, each distinct one as one string, so that a million tokens hold on to no lines. */
function tagReader(scheme: TagScheme): (tag: string, path: string, line: number) => string {
  const known = new Map<string, string>();
  return (tag, path, line) => {
    const interned = known.get(tag);
    if (interned !== undefined) return interned;
    if (!isTagOf(scheme, tag)) {
      const expected = scheme === 'iob2' ? 'O, B-… or I-…' : 'O, B-…, I-…, E-… or S-…';
      const message = `${path}:${line} has the tag "${tag}"; expected those of ${scheme}: ${expected}. Another --scheme may fit.`;
      throw new NerError(message, { code: 'unreadable-input', path, line });
    }
    known.set(tag, tag);
    return tag;
  };
}
