import { usageError } from '../../error.ts';

/** A label of an interface, and the types of ours that it stands for. */
interface InterfaceLabel {
  /** What results have. */
  readonly label: string;
  /** At least one. */
  readonly types: readonly string[];
  readonly definition?: string;
}

/** What a labelling interface asks for: labels on spans of a text. */
export interface LabelInterface {
  /** Of the `Labels`. */
  readonly fromName: string;
  /** Of the `Text`. */
  readonly toName: string;
  /** Where the text is in the data of a task. */
  readonly key: string;
  readonly labels: readonly InterfaceLabel[];
}

interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly kind: 'open' | 'close' | 'empty';
}

/**
 * The first `Labels` of a labelling interface that are about a `Text`. A `Label` may have a `hint`, which defines its type, and
 * `predicted_values`, the names of its types in the pool, separated by commas.
 * @param config - XML, as Label Studio keeps it.
 * @throws {NerError} `usage` if there are none.
 */
export function labelInterface(config: string): LabelInterface {
  const tags = tagsOf(config);
  const texts = new Map(tags.flatMap(({ name, attributes }) => (name === 'Text' ? [[attributes['name'], attributes] as const] : [])));
  // They do not nest: each ends where the next tag of theirs is.
  const bounds = tags.flatMap((tag, at) => (tag.name === 'Labels' ? [{ ...tag, at }] : []));
  for (const [index, { at, attributes, kind }] of bounds.entries()) {
    const text = kind === 'open' ? texts.get(attributes['toName']) : undefined;
    const [, key] = /^\$([\w-]+)$/.exec(text?.['value'] ?? '') ?? [];
    const { name: fromName, toName } = attributes;
    if (text === undefined || key === undefined || fromName === undefined || toName === undefined) continue;
    if (text['valueType'] === 'url') throw usageError(`The text ${toName} is given by its address; expected it in the data of the task.`);
    const labels = labelsOf(tags.slice(at + 1, bounds[index + 1]?.at));
    if (labels.length > 0) return { fromName, toName, key, labels };
  }
  throw usageError(
    'The labelling interface has no labels on a text; expected <Labels name="label" toName="text"><Label value="person"/></Labels> and <Text name="text" value="$text"/>.',
  );
}

function labelsOf(tags: readonly Tag[]): readonly InterfaceLabel[] {
  return tags.flatMap(({ name, attributes, kind }) => {
    const { value, alias, hint, predicted_values: predicted = '' } = attributes;
    if (name !== 'Label' || kind === 'close' || value === undefined || value === '') return [];
    const types = predicted.split(',').flatMap((type) => (type.trim() === '' ? [] : [type.trim()]));
    return [{ label: alias ?? value, types: types.length > 0 ? types : [value], ...(hint ? { definition: hint } : {}) }];
  });
}

const tag = /<(?<close>\/?)(?<name>[A-Za-z][\w.-]*)(?<attributes>(?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(?<empty>\/?)>/g;
const attribute = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** In time linear in the length, whatever is not closed. */
function withoutComments(config: string): string {
  const [before, ...others] = config.split('<!--');
  const after = others.map((comment) => comment.slice(comment.includes('-->') ? comment.indexOf('-->') + '-->'.length : comment.length));
  return [before, ...after].join('');
}

/** The tags of XML in their order; comments and what is no tag are passed over. */
function tagsOf(config: string): readonly Tag[] {
  return Array.from(withoutComments(config).matchAll(tag), ({ groups = {} }) => groups).map(
    ({ close, name = '', attributes = '', empty }) => {
      const given = Array.from(
        attributes.matchAll(attribute),
        ([, key = '', double, single = '']) => [key, unescaped(double ?? single)] as const,
      );
      return { name, attributes: Object.fromEntries(given), kind: close === '/' ? 'close' : empty === '/' ? 'empty' : 'open' } as const;
    },
  );
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return entities[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
