import type { LabelledBody, PoolBody } from '../../src/server/schemas.ts';
import type { ExtractRequest } from '../api/api-types.ts';
import { typeNamed } from '../correct/type-name.ts';
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
  /** The pool that they were written down for by saving to it; `undefined` where the user wrote them. */
  readonly typesFor: string | undefined;
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
  typesFor: undefined,
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
  const pooled = typesIn(pool, pools, own);
  return pooled.length === 0 ? usualTypes : pooled;
}

/** The types of a pool; none where there is no such pool. */
export function typesIn(pool: string, pools: readonly PoolBody[], own: readonly LabelledBody[]): readonly string[] {
  return pool === ownPool ? typesOf(own) : (pools.find(({ name }) => name === pool)?.types.map(({ name }) => name) ?? []);
}

/** The types of labelled sentences, in the order in which they first occur. */
export function typesOf(sentences: readonly LabelledBody[]): readonly string[] {
  return [...new Set(sentences.flatMap(({ entities }) => entities.map(({ type }) => type)))];
}

/**
 * Settings after sentences were saved to a pool: it is used, and the types are looked for, those of the sentences, too. They are written
 * down as long as this pool is used, so that it does not decide on them as it grows.
 */
export function afterSaving(settings: Settings, pool: string, { known, saved }: Record<'known' | 'saved', readonly string[]>): Settings {
  const isAutomatic = settings.types === undefined || settings.typesFor !== undefined;
  const types = [...(settings.types ?? [])];
  for (const type of settings.types === undefined ? [...known, ...saved] : saved) {
    const names = types.map(({ name }) => name.trim());
    if (typeNamed(type, names) === type && !names.includes(type)) types.push({ name: type, definition: '' });
  }
  return { ...settings, pool, types, typesFor: isAutomatic ? pool : undefined };
}

/** Settings with another pool; types that were written down by saving to the one before are not asked of it. */
export function withPool(settings: Settings, pool: string): Settings {
  const { types, typesFor } = settings;
  const stay = typesFor === undefined || typesFor === pool;
  return { ...settings, pool, types: stay ? types : undefined, typesFor: stay ? typesFor : undefined };
}

/** What is asked about a document; whatever the user left alone is left out. */
export function requestOf(
  settings: Settings,
  { id, text }: Pick<WorkDocument, 'id' | 'text'>,
  { models, own }: { readonly models: readonly string[]; readonly own: readonly LabelledBody[] },
): ExtractRequest {
  const { types, without, pool, k, preset, verifier, overlaps, showsText } = settings;
  const rows = types
    ?.map(({ name, definition }) => ({ name: name.trim(), definition: definition.trim() }))
    .filter(({ name }) => name !== '');
  const hasPool = pool !== '' && (pool !== ownPool || own.length > 0);
  const chosen = models.filter((model) => !without.includes(model));
  return {
    documents: [{ id, text }],
    trace: true,
    ...(rows === undefined || rows.length === 0
      ? {}
      : { types: rows.map(({ name, definition }) => (definition === '' ? name : { name, definition })) }),
    ...(hasPool ? { pool: pool === ownPool ? [...own] : pool } : {}),
    ...(chosen.length === models.length ? {} : { models: chosen }),
    options: {
      ...(hasPool && showsText ? { selection: { allowQuery: true } } : {}),
      ...(k.trim() === '' ? {} : { k: Number.isNaN(Number(k)) ? (k as never) : Number(k) }), // the server says what is wrong with it
      ...(overlaps === '' ? {} : { overlaps: overlaps as 'nested' }), // as the list of choices has it
      ...(preset === '' ? {} : { preset: preset as 'fast' }), // likewise
      ...(verifier === '' ? {} : { verifier }),
    },
  };
}
