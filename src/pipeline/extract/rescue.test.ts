import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Extracted } from '../../document/mention.ts';
import type { Embedder } from '../../model/embedder.ts';
import { rescued } from './rescue.ts';

const text = 'the ship Ondine left port and the ship Meridian left port while soup was cooking slowly in big pots for everybody';
const at = (word: string) => ({ start: text.indexOf(word), end: text.indexOf(word) + word.length });
const single = (word: string): Extracted => ({
  status: 'extracted',
  ...at(word),
  proposals: [{ modelId: 'a', reply: word, alignment: 'exact' }],
});
const demonstration = { text: 'from afar a ship Aurora left for home', entities: [{ start: 17, end: 23, type: 'ship' }] };
/** Contexts are alike that speak of ships, or that do not. */
const embedder: Embedder = {
  id: 'ships',
  embed: async (texts) => texts.map((context) => (/ship/.test(context) ? Float32Array.of(1, 0) : Float32Array.of(0, 1))),
  [Symbol.asyncDispose]: async () => undefined,
};
const { signal } = new AbortController();

test('a span in a context like those of the trusted is rescued, another is not', async () => {
  const [ship, pots] = [single('Meridian'), single('pots')];
  const kept = await rescued(text, { doubted: [ship, pots], trusted: [at('Ondine')], demonstrations: [demonstration] }, embedder, signal);
  assert.deepEqual([...kept], [ship]);
});

test('where fewer than two contexts are trusted, nothing is rescued', async () => {
  const kept = await rescued(text, { doubted: [single('Meridian')], trusted: [at('Ondine')], demonstrations: [] }, embedder, signal);
  assert.equal(kept.size, 0);
});
