import { basename } from 'node:path';
import { z } from 'zod';
import type { ReadSettings, WriteSettings } from './format.ts';
import { type JsonRow, jsonRows, rowId, samplesOfRows } from './json-rows.ts';
import { lookAhead } from './look-ahead.ts';
import { type Sample, sampleName } from './sample.ts';
import { decodeTags, detectTagScheme, encodeTags, expectedTags, isTag, schemeNote, schemeSample } from './tag-schemes.ts';
import { sampleOfTokens } from './token-joining.ts';
import { tokenized } from './tokens.ts';

/** Keys that the tags may have, the usual first. */
const tagKeys = ['ner_tags', 'tags', 'labels'] as const;

const tags = z.array(z.union([z.string(), z.int().nonnegative()])).optional();
const taggedTokens = z
  .object({ id: rowId.optional(), tokens: z.array(z.string()), ner_tags: tags, tags, labels: tags })
  .transform((row, context) => {
    const { id, tokens } = row;
    const [found] = tagKeys.flatMap((key) => (row[key] === undefined ? [] : [row[key]]));
    if (found?.length === tokens.length) return { id, tokens, tags: found };
    context.addIssue(found === undefined ? 'there are no ner_tags' : `${tokens.length} tokens have ${found.length} tags`);
    return z.NEVER;
  });
type TaggedTokens = z.infer<typeof taggedTokens>;

const classNames = z.object({ names: z.array(z.string()) }).transform(({ names }) => names);
const tagNames = z.union([z.object({ feature: classNames }).transform(({ feature }) => feature), classNames]);
/** The features of a data set: an object, or a list as a server of rows gives it. Of the features only the names of tags matter. */
const featureNames = z
  .union([
    z.record(z.string(), z.unknown()),
    z
      .array(z.object({ name: z.string(), type: z.unknown() }))
      .transform((list) => Object.fromEntries(list.map(({ name, type }) => [name, type]))),
  ])
  .transform((features) => tagKeys.map((key) => tagNames.safeParse(features[key]).data).find((names) => names !== undefined) ?? []);

/**
 * The names of tags that are numbers, in order from 0, as files beside a data set or model have them: a list, the `features` of a data set, or
 * the `id2label` of a model.
 */
export const labelNames: z.ZodType<readonly string[]> = z.union([
  z.array(z.string()),
  z.object({ features: featureNames }).transform(({ features }) => features),
  z
    .object({ id2label: z.record(z.string(), z.string()) })
    .transform(({ id2label }) => Array.from(Object.keys(id2label), (_, number) => id2label[number] ?? 'O')),
]);

/** What a value of the file holds. */
interface TaggedRows {
  readonly rows: readonly TaggedTokens[];
  /** The names of tags that are numbers, for these rows and all after them, where the value says them. */
  readonly names?: readonly string[];
}

const taggedRows: z.ZodType<TaggedRows> = z.union([
  taggedTokens.transform((row) => ({ rows: [row] })),
  z
    .object({ features: featureNames, rows: z.array(z.object({ row: taggedTokens })).default([]) })
    .transform(({ features, rows }) => ({ names: features, rows: rows.map(({ row }) => row) })),
]);

const expected = '{"tokens": [text, …], "ner_tags": [name or number, …]}';

/**
 * Rows of Hugging Face data sets: `{"id"?, "tokens", "ner_tags"}`; `tags` or `labels` may stand for `ner_tags`. Tags are names of any scheme,
 * see {@link detectTagScheme}, or numbers. The names for numbers come from the settings, or from the features before the rows:
 * `{"features": {"ner_tags": {"feature": {"names": […]}}}}`, also with `"rows": [{"row": …}]` as a server of rows answers.
 */
export async function* readHf(path: string, settings: ReadSettings): AsyncGenerator<Sample, void, undefined> {
  const { report } = settings;
  const source = { path, expected, badRow: report.badRow };
  const { head, all } = await lookAhead(namedRows(jsonRows(taggedRows, source), settings.labels), schemeSample);
  const finding = detectTagScheme(head.flatMap(({ value }) => namedTags(value)));
  const read = samplesOfRows(all, source, ({ name, value }) => {
    const { id, tokens, names } = value;
    const tags = value.tags.map((tag) => {
      const found = nameOf(tag, names);
      if (found === undefined) throw new RangeError(`Tag ${tag} has no name. --labels gives the names of tags in order, from 0.`);
      if (!isTag(found, finding.form)) throw new RangeError(`"${found}" is no tag; expected ${expectedTags[finding.form]}.`);
      return found;
    });
    return [sampleOfTokens(sampleName(id, name), tokens, decodeTags(tags, finding.form), settings)];
  });
  // What is told of the first rows is told once they are read: it is of no use before the error that one of them is bad.
  const samples = await lookAhead(read, head.length);
  if (samples.head.length > 0) report.note(`${basename(path)}: ${schemeNote(finding)}`);
  yield* samples.all;
}

/** The tags of a row, if all of them have names. */
function namedTags({ tags, names }: NamedRow): readonly (readonly string[])[] {
  const found = tags.map((tag) => nameOf(tag, names));
  return found.every((tag) => tag !== undefined) ? [found] : [];
}

type NamedRow = TaggedTokens & { readonly names: readonly string[] | undefined };

/** @param labels - the names for numbers, whatever the file says. */
async function* namedRows(
  values: AsyncIterable<JsonRow<TaggedRows>>,
  labels: readonly string[] | undefined,
): AsyncGenerator<JsonRow<NamedRow>, void, undefined> {
  let names = labels;
  for await (const { line, name, value } of values) {
    names = labels ?? value.names ?? names;
    for (const [index, row] of value.rows.entries()) {
      yield { line, name: value.rows.length === 1 ? name : `${name}:${index + 1}`, value: { ...row, names } };
    }
  }
}

function nameOf(tag: string | number, names: readonly string[] | undefined): string | undefined {
  return typeof tag === 'string' ? tag : names?.[tag];
}

/** Rows `{"id", "tokens", "ner_tags"}` with names of tags. Of mentions that overlap the outermost are kept. Reports what is lost. */
export async function* writeHf(samples: AsyncIterable<Sample>, settings: WriteSettings): AsyncGenerator<string, void, undefined> {
  for await (const sample of samples) {
    const { tokens, mentions } = tokenized(sample, 'flat', settings);
    const strings = tokens.map(({ start, end }) => sample.text.slice(start, end));
    yield `${JSON.stringify({ id: sample.id, tokens: strings, ner_tags: encodeTags(tokens.length, mentions, settings.scheme) })}\n`;
  }
}
