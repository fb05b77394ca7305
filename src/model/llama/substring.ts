import { wordBoundaries } from '../../document/boundaries.ts';

/** Follows strings through a text byte by byte, so that a model can only write what stands there. */
export interface SubstringTracker {
  /** Before the first byte of a string. */
  readonly start: SubstringState;
  /** Reads on by one token's bytes; `undefined` if no string of the text goes on so. */
  read(state: SubstringState, bytes: Uint8Array): SubstringState | undefined;
  /** The string read so far if it may end here, at the end of a word. */
  finished(state: SubstringState): string | undefined;
}

/** Where in the text the bytes read so far end: one place for every occurrence of them. */
export interface SubstringState {
  readonly places: readonly number[];
  readonly length: number;
  /** SentencePiece begins every string with a space, which is not in the text. */
  readonly spaceRead: boolean;
}

const space = 0x20;

/** Strings of `text` from the beginning of a word to the end of one, without white space at either end. */
export function substringTracker(text: string): SubstringTracker {
  const boundaries = wordBoundaries(text);
  const bytes = new TextEncoder().encode(text);
  const starts: number[] = [];
  const ends = new Set<number>();
  let at = 0;
  let offset = 0;
  for (const character of text) {
    const solid = character.trim() !== '';
    if (solid && boundaries.startsAt(offset)) starts.push(at);
    at += Buffer.byteLength(character);
    offset += character.length;
    if (solid && boundaries.endsAt(offset)) ends.add(at);
  }

  return {
    start: { places: starts, length: 0, spaceRead: false },
    read(state, token) {
      if (!state.spaceRead && token[0] !== space) return undefined;
      const read = state.spaceRead ? token : token.subarray(1);
      const places = state.places
        .filter((place) => read.every((byte, index) => bytes[place + index] === byte))
        .map((place) => place + read.length);
      return places.length === 0 ? undefined : { places, length: state.length + read.length, spaceRead: true };
    },
    finished(state) {
      const place = state.length === 0 ? undefined : state.places.find((end) => ends.has(end));
      return place === undefined ? undefined : new TextDecoder().decode(bytes.subarray(place - state.length, place));
    },
  };
}
