import { isDeepStrictEqual } from 'node:util';

/**
 * What differs between two identities, as people read it: `models (nano:bio here, nano:social there)`; empty if nothing does. An identity that went through
 * JSON equals what it was.
 */
export function identityDifferences(here: Values, there: Values): readonly string[] {
  return differences(asStored(here), asStored(there), '');
}

function differences(here: Values, there: Values, prefix: string): readonly string[] {
  return Object.keys({ ...there, ...here }).flatMap((key) => {
    const [one, other] = [here[key], there[key]];
    if (isDeepStrictEqual(one, other)) return [];
    if (key === 'options' && isValues(one) && isValues(other)) return differences(one, other, '--');
    const name = prefix === '' ? key : `${prefix}${key.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;
    const [ours, theirs] = [shown(one), shown(other)];
    return [ours === undefined || theirs === undefined || ours === theirs ? name : `${name} (${ours} here, ${theirs} there)`];
  });
}

/** A value in few words; `undefined` for what says nothing to people, such as a hash. */
function shown(value: unknown): string | undefined {
  if (value === undefined || value === null) return 'none';
  if (Array.isArray(value)) return value.map((one) => (isValues(one) ? String(one['id']) : String(one))).join(', ') || 'none';
  if (typeof value === 'object' || (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value))) return undefined;
  return String(value);
}

type Values = Readonly<Record<string, unknown>>;

function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asStored(identity: Values): Values {
  return JSON.parse(JSON.stringify(identity));
}
