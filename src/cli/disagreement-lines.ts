import type { Recognition } from '../pipeline/recognition.ts';
import { printable, quoted } from './printable.ts';

/** Strings that a text has as several types, one line each. */
export function disagreementLines({ disagreements = [] }: Recognition): readonly string[] {
  return disagreements.map(({ text, types }) => {
    const counts = Object.entries(types).map(([type, mentions]) => `${printable(type)} ${mentions === 1 ? 'once' : `${mentions} times`}`);
    return `${quoted(text)} is ${counts.join(', ')}`;
  });
}
