/** A number with what it counts, both as people write them: `1 document`, `1,234 documents`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? noun : `${noun}s`}`;
}
