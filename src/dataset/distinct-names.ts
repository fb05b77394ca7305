/**
 * Makes names distinct: one that was given before gets a number, as `a-2`. Every name is kept in memory.
 * @param key - equal for names that are the same to the format.
 */
export function distinctNames(key: (name: string) => string): (name: string) => string {
  /** For each name given out, the number that the next one like it tries first. */
  const numbers = new Map<string, number>();
  // A copy, since a name that is a slice of a block of a file would keep all of the block in memory.
  const keyOf = (name: string): string => Buffer.from(key(name)).toString();
  return (name) => {
    let number = numbers.get(keyOf(name)) ?? 2;
    let distinct = name;
    while (numbers.has(keyOf(distinct))) distinct = `${name}-${number++}`;
    numbers.set(keyOf(distinct), 2);
    numbers.set(keyOf(name), number);
    return distinct;
  };
}

/** What is reported of an id that a format cannot have as it is, or twice. */
export const changedIds = 'ids with characters that the format forbids or given twice, changed';
