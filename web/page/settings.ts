import type { LabelledBody, PoolBody } from '../../src/server/schemas.ts';
import type { ExtractRequest } from '../api/api-types.ts';
import type { WorkDocument } from './workspace.ts';

/** A type as the user writes it. */
export interface TypeRow {
  readonly name: string;
  readonly definition: string;
}

/** What a run is asked to do; empty strings leave it to the server. */
export interface Settings {
  /** `undefined`: those of the pool, or the usual three. */
  readonly types: readonly TypeRow[] | undefined;
  /** Models that are left out. */
  readonly without: readonly string[];
  /** The name of one of the server's pools, or {@link ownPool}. */
  readonly pool: string;
  /** As it was typed, so that the server can say what is wrong with it. */
  readonly k: string;
  readonly preset: string;
  readonly verifier: string;
  readonly overlaps: string;
  /** Whether the models may be shown the text itself, where the pool has it. */
  readonly showsText: boolean;
}

/** Stands for the pool of this page; no pool of a server is called so. */
export const ownPool = '/own';

export const usualSettings: Settings = {
  types: undefined,
  without: [],
  pool: '',
  k: '',
  preset: '',
  verifier: '',
  overlaps: '',
  showsText: true,
};

/** The types of a run without any settings: those that the server has without a pool. */
const usualTypes = ['person', 'organization', 'location'];

/** The names of the types that a run will look for, as far as is known. */
export function typeNames({ types, pool }: Settings, pools: readonly PoolBody[], own: readonly LabelledBody[]): readonly string[] {
  if (types !== undefined) return types.map(({ name }) => name.trim()).filter((name) => name !== '');
  const pooled = pool === ownPool ? typesOf(own) : (pools.find(({ name }) => name === pool)?.types.map(({ name }) => name) ?? []);
  return pooled.length === 0 ? usualTypes : pooled;
}

/** The types of labelled sentences, in the order in which they first occur. */
export function typesOf(sentences: readonly LabelledBody[]): readonly string[] {
  return [...new Set(sentences.flatMap(({ entities }) => entities.map(({ type }) => type)))];
}

/** Settings that look for these types, too; they are written down, so that a pool that grows does not decide on them. */
export function withTypes(settings: Settings, known: readonly string[], wanted: readonly string[]): Settings {
  const rows = settings.types ?? known.map((name) => ({ name, definition: '' }));
  const missing = [...new Set(wanted)].filter((name) => !rows.some((row) => row.name.trim() === name));
  return { ...settings, types: [...rows, ...missing.map((name) => ({ name, definition: '' }))] };
}

/** What is asked about documents; whatever the user left alone is left out. */
export function requestOf(
  settings: Settings,
  documents: readonly Pick<WorkDocument, 'id' | 'text'>[],
  { models, own }: { readonly models: readonly string[]; readonly own: readonly LabelledBody[] },
): ExtractRequest {
  const { types, without, pool, k, preset, verifier, overlaps, showsText } = settings;
  const rows = types
    ?.map(({ name, definition }) => ({ name: name.trim(), definition: definition.trim() }))
    .filter(({ name }) => name !== '');
  const hasPool = pool !== '' && (pool !== ownPool || own.length > 0);
  const chosen = models.filter((model) => !without.includes(model));
  return {
    documents: documents.map(({ id, text }) => ({ id, text })),
    trace: true,
    ...(rows === undefined || rows.length === 0
      ? {}
      : { types: rows.map(({ name, definition }) => (definition === '' ? name : { name, definition })) }),
    ...(hasPool ? { pool: pool === ownPool ? [...own] : pool } : {}),
    ...(chosen.length === models.length ? {} : { models: chosen }),
    options: {
      ...(hasPool && showsText ? { selection: { allowQuery: true } } : {}),
      ...(k.trim() === '' ? {} : { k: Number(k) }),
      ...(overlaps === '' ? {} : { overlaps: overlaps as 'nested' }), // as the list of choices has it
      ...(preset === '' ? {} : { preset: preset as 'fast' }), // likewise
      ...(verifier === '' ? {} : { verifier }),
    },
  };
}

/** Most documents of a request, … */
const mostDocuments = 20;
/** … and most UTF-16 code units of all of them, so that it stays below what a server takes. */
const mostText = 200_000;

/** Documents in the lots in which they are sent. */
export function lots<D extends { readonly text: string }>(documents: readonly D[]): readonly (readonly D[])[] {
  const all: D[][] = [];
  let length = 0;
  for (const document of documents) {
    const last = all.at(-1);
    if (last === undefined || last.length === mostDocuments || length + document.text.length > mostText) {
      all.push([document]);
      length = document.text.length;
    } else {
      last.push(document);
      length += document.text.length;
    }
  }
  return all;
}
