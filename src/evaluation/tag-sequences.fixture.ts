/** Every sequence of at most `length` tags, the empty one too. */
export function sequences(tags: readonly string[], length: number): readonly (readonly string[])[] {
  if (length === 0) return [[]];
  const shorter = sequences(tags, length - 1);
  const longest = shorter.filter((sequence) => sequence.length === length - 1);
  return [...shorter, ...longest.flatMap((sequence) => tags.map((tag) => [...sequence, tag]))];
}
