import { usageError } from '../error.ts';

/** A type of the user's inventory, for example `person`; the definition is shown to models whose dialect has room for it. */
export interface EntityType<Name extends string = string> {
  readonly name: Name;
  readonly definition?: string;
}

/** The answer that a mention is of no type of the inventory. It is reserved: no entity type may be called so. */
export const none = 'none';

/**
 * The inventory as objects, in the order given.
 * @throws {NerError} `usage` if it is empty, or a name is blank, repeated (whatever its case) or reserved.
 */
export function entityTypes<Name extends string>(types: readonly (Name | EntityType<Name>)[]): readonly EntityType<Name>[] {
  const inventory = types.map((type) => (typeof type === 'string' ? { name: type } : type));
  if (inventory.length === 0) throw usageError('No entity types were given; expected at least one, such as "person".');
  const seen = new Map<string, string>();
  for (const { name } of inventory) {
    const folded = foldedName(name);
    if (folded === '') throw usageError('An entity type has an empty name.');
    if (folded === none) throw usageError(`"${name}" cannot be an entity type: it is the answer for a mention of no type.`);
    const before = seen.get(folded);
    if (before === name) throw usageError(`The entity type "${name}" was given twice.`);
    if (before !== undefined)
      throw usageError(
        `The entity type "${name}" was given twice: "${before}" is the same but for case or blanks around it. Leave one out.`,
      );
    seen.set(folded, name);
  }
  return inventory;
}

/** Equal for names that no inventory may have both. */
export function foldedName(name: string): string {
  return name.trim().toLowerCase();
}
