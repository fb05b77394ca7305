import { type Embedder, normalize } from '../model/embedder.ts';

const dimensions = 256;

/**
 * Vectors of hashed features: words, character n-grams of 3 to 5, and the shapes of words (capitals, digits, marks). Strings
 * that are spelled alike or look alike are close. It needs no model and no download, and knows nothing of meaning.
 * Deviation: the paper does not name its embedder; a public re-implementation uses MiniLM. Any other can be passed in.
 */
export const ngramEmbedder: Embedder = {
  id: 'ngram@1',
  async embed(texts, signal) {
    signal.throwIfAborted();
    return texts.map((text) => spelling(text, dimensions));
  },
  async [Symbol.asyncDispose]() {
    // It holds nothing.
  },
};

/** The unit vector of a text's words, n-grams and shapes, hashed to so many dimensions. */
export function spelling(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  const words = text.split(/\s+/).filter((word) => word !== '');
  for (const word of words) {
    const folded = word.toLowerCase();
    add(vector, `word ${folded}`, 1);
    add(vector, `shape ${shape(word)}`, 0.7);
    const characters = [...`<${folded}>`];
    for (const size of [3, 4, 5]) {
      const count = characters.length - size + 1;
      // Long words have more n-grams; each word is to count about alike.
      for (let at = 0; at < count; at++) add(vector, characters.slice(at, at + size).join(''), 0.6 / Math.sqrt(count));
    }
  }
  return normalize(vector);
}

/** `Berlin` is `Xx`, `p53` is `x0`, `@anna_b` is `@x_x`: runs of one kind of character count once. */
function shape(word: string): string {
  return word
    .replace(/\p{Lu}+/gu, 'X')
    .replace(/\p{Ll}+/gu, 'x')
    .replace(/\p{Lo}+/gu, 'o')
    .replace(/\p{N}+/gu, '0');
}

/** Adds a feature at its place, with a sign that makes colliding features cancel rather than pile up. */
function add(vector: Float32Array, feature: string, weight: number): void {
  const hash = fnv1a(feature);
  const place = hash % vector.length;
  vector[place] = (vector[place] ?? 0) + (hash & 0x8000_0000 ? -weight : weight);
}

/** The 32-bit FNV-1a hash of a string's UTF-16 code units. */
function fnv1a(text: string): number {
  let hash = 0x811c_9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x0100_0193);
  return hash >>> 0;
}
