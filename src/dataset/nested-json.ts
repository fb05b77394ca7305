import { basename } from 'node:path';
import { z } from 'zod';
import type { MentionEnds, ReadSettings, WriteSettings } from './format.ts';
import { jsonRows, rowId, samplesOfRows, typeName } from './json-rows.ts';
import { lookAhead } from './look-ahead.ts';
import { type Sample, sampleName } from './sample.ts';
import type { TaggedMention } from './tag-schemes.ts';
import { sampleOfTokens } from './token-joining.ts';
import { tokenized } from './tokens.ts';

/** A mention by its first token and its end. */
interface Bounds {
  readonly start: number;
  readonly end: number;
  readonly type: string;
}

/** A mention by all of its tokens, which may have gaps. */
interface Indexes {
  readonly index: readonly number[];
  readonly type: string;
}

interface NestedSentence {
  readonly tokens: readonly string[];
  readonly mentions: readonly (Bounds | Indexes)[];
}

interface NestedRow {
  readonly id: string | undefined;
  readonly sentences: readonly NestedSentence[];
  /** What the end of a mention means in rows of this kind unless the data tell otherwise. */
  readonly usualEnds: MentionEnds;
}

const position = z.int().nonnegative();
const triple = z.tuple([position, position, typeName]).transform(([start, end, type]) => ({ start, end, type }));
const bounds = z.union([
  z.object({ start: position, end: position, type: typeName }),
  z.object({ start: position, end: position, label: typeName }).transform(({ label, ...span }) => ({ ...span, type: label })),
]);
const indexes = z.object({ index: z.array(position).nonempty(), type: typeName });
const tokenList = z.array(z.string());
const tokens = z.union([tokenList, z.string().transform((text) => text.split(/\s+/).filter((token) => token !== ''))]);
const names = { id: rowId.optional(), org_id: rowId.optional(), orig_id: rowId.optional(), doc_key: rowId.optional() };

function rowName({ id, org_id, orig_id, doc_key }: { readonly [key in keyof typeof names]?: string | undefined }): string | undefined {
  return id ?? org_id ?? orig_id ?? doc_key;
}

/** One sentence, with objects or lists for its mentions. */
const sentenceRow = z
  .object({
    ...names,
    tokens: tokenList.optional(),
    sentence: tokens.optional(),
    entities: z.array(bounds).optional(),
    ner: z.array(z.union([triple, indexes])).optional(),
  })
  .transform((row, context): NestedRow => {
    const [found, mentions] = [row.tokens ?? row.sentence, row.entities ?? row.ner];
    if (found !== undefined && mentions !== undefined) {
      return {
        id: rowName(row),
        sentences: [{ tokens: found, mentions }],
        usualEnds: row.entities === undefined ? 'inclusive' : 'exclusive',
      };
    }
    context.addIssue(found === undefined ? 'there are no tokens' : 'there are no entities');
    return z.NEVER;
  });

/** A document of several sentences; the tokens of mentions are counted through the document. */
const documentRow = z
  .object({ ...names, sentences: z.array(tokenList), ner: z.array(z.array(triple)) })
  .transform((row, context): NestedRow => {
    if (row.sentences.length !== row.ner.length) {
      context.addIssue(`${row.sentences.length} sentences have ${row.ner.length} lists in "ner"`);
      return z.NEVER;
    }
    let before = 0;
    const sentences = row.sentences.map((tokens, index) => {
      const mentions = (row.ner[index] ?? []).map(({ start, end, type }) => ({ start: start - before, end: end - before, type }));
      before += tokens.length;
      return { tokens, mentions };
    });
    return { id: rowName(row), sentences, usualEnds: 'inclusive' };
  });

const expected = '{"tokens": [text, …], "entities": [{"start": …, "end": …, "type": …}]}, where start and end are indexes of tokens';
/** Rows from which the meaning of ends is told. */
const endsSample = 200;

/**
 * Rows of work on nested mentions, with mentions by indexes of tokens from 0:
 * - `{"tokens" or "sentence", "entities": [{"start", "end", "type" or "label"}]}` (GENIA, ACE, SpERT);
 * - `{"tokens" or "sentence", "ner": [[start, end, type]]}`, or with `{"index": [token, …], "type"}` as mentions (W2NER);
 * - `{"doc_key"?, "sentences": [[token, …], …], "ner": [[[start, end, type], …], …]}` (DyGIE, PURE), counted through the document; each sentence
 *   becomes a sample.
 *
 * Whether the end is the last token or the one after it is said by the settings, or told by the data: mentions that end after the last
 * token of their sentence against mentions that end at their start. Where neither occurs, it is the one after in objects and the last in
 * lists. The meaning is reported.
 */
export async function* readNestedJson(path: string, settings: ReadSettings): AsyncGenerator<Sample, void, undefined> {
  const { report } = settings;
  const source = { path, expected, badRow: report.badRow };
  const { head, all } = await lookAhead(jsonRows(z.union([sentenceRow, documentRow]), source), endsSample);
  const ends = settings.ends ?? detectEnds(head.map(({ value }) => value));
  report.note(`${basename(path)}: the end of a mention is ${ends === 'exclusive' ? 'the index after its last token' : 'its last token'}`);
  yield* samplesOfRows(all, source, ({ name, value: { id, sentences } }) =>
    sentences.map(({ tokens, mentions }, index) => {
      const found = mentions.flatMap((mention) => mentionIn(mention, ends, settings));
      for (const mention of found) requireWithin(mention, tokens);
      const called = sampleName(id, name);
      const part = sentences.length === 1 ? called : { ...called, id: `${called.id}:${index + 1}` };
      return sampleOfTokens(part, tokens, found, settings);
    }),
  );
}

function detectEnds(rows: readonly NestedRow[]): MentionEnds {
  const evidence = { exclusive: 0, inclusive: 0 };
  for (const { tokens, mentions } of rows.flatMap(({ sentences }) => sentences)) {
    for (const mention of mentions) {
      if ('index' in mention) continue;
      if (mention.end === tokens.length) evidence.exclusive++;
      if (mention.end === mention.start) evidence.inclusive++;
    }
  }
  if (evidence.exclusive === evidence.inclusive) return rows[0]?.usualEnds ?? 'exclusive';
  return evidence.exclusive > evidence.inclusive ? 'exclusive' : 'inclusive';
}

/** The mention with an exclusive end; none if it has gaps and those are refused. */
function mentionIn(mention: Bounds | Indexes, ends: MentionEnds, { discontinuous, report }: ReadSettings): readonly TaggedMention[] {
  if (!('index' in mention)) return [{ ...mention, end: ends === 'exclusive' ? mention.end : mention.end + 1 }];
  const { index, type } = mention;
  const [start, end] = [Math.min(...index), Math.max(...index) + 1];
  if (end - start === new Set(index).size) return [{ start, end, type }];
  report.count(discontinuous === 'flatten' ? 'discontinuous mentions, made whole' : 'discontinuous mentions, left out');
  return discontinuous === 'flatten' ? [{ start, end, type }] : [];
}

function requireWithin({ start, end, type }: TaggedMention, tokens: readonly string[]): void {
  if (start >= 0 && start < end && end <= tokens.length) return;
  throw new RangeError(`The mention of ${type} has the tokens from ${start} until ${end} of ${tokens.length}. --ends says what ends mean.`);
}

/** Rows `{"id", "tokens", "entities"}`, with ends as the settings say. Reports what is lost. */
export async function* writeNestedJson(samples: AsyncIterable<Sample>, settings: WriteSettings): AsyncGenerator<string, void, undefined> {
  const beyond = settings.ends === 'exclusive' ? 0 : 1;
  for await (const sample of samples) {
    const { tokens, mentions } = tokenized(sample, 'nested', settings);
    const strings = tokens.map(({ start, end }) => sample.text.slice(start, end));
    const entities = mentions.map(({ start, end, type }) => ({ start, end: end - beyond, type }));
    yield `${JSON.stringify({ id: sample.id, tokens: strings, entities })}\n`;
  }
}
