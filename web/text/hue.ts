/** Hues that the style sheet has; with more types they come again, and the names tell types apart. */
const hues = 16;

/** The class of a type's colour, by its place in the inventory; another class for types that are not in it. */
export function hueClass(type: string | undefined, types: readonly string[]): string {
  const at = type === undefined ? -1 : types.indexOf(type);
  return at === -1 ? 'hue-none' : `hue-${at % hues}`;
}
