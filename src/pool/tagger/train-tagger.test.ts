import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ngramEmbedder } from '../ngram-embedder.ts';
import { openTagger, type Tagger } from './tagger.ts';
import { deserializeTagger, serializeTagger } from './tagger-bytes.ts';
import { trainTagger } from './train-tagger.ts';

const { signal } = new AbortController();
const embedder = ngramEmbedder;

type Labelled = Parameters<typeof trainTagger>[0][number];

/** A sentence whose mentions stand in brackets: `[person Ada] met`, also within each other. */
function labelled(marked: string): Labelled {
  let text = '';
  const open: { start: number; type: string }[] = [];
  const entities: { start: number; end: number; type: string }[] = [];
  for (const [part] of marked.matchAll(/\[\w+ |\]|[^[\]]+/g)) {
    if (part.startsWith('[')) open.push({ start: text.length, type: part.slice(1, -1) });
    else if (part === ']') {
      const { start = 0, type = '' } = open.pop() ?? {};
      entities.push({ start, end: text.length, type });
    } else text += part;
  }
  return { text, entities };
}

const people = ['Ada Lovelace', 'Grace Hopper', 'Alan Turing', 'Edsger Dijkstra', 'Barbara Liskov', 'Tony Hoare'];
const places = ['London', 'Paris', 'Rotterdam', 'New York', 'Manchester', 'Princeton'];
const pool = people.flatMap((person, at) => [
  labelled(`[person ${person}] lives in [place ${places[at]}] now.`),
  labelled(`Yesterday [person ${person}] went to [place ${places[(at + 1) % places.length]}].`),
  labelled(`The train from [place ${places[(at + 2) % places.length]}] was late.`),
]);
const types = ['person', 'place'];

async function trained(sentences: readonly Labelled[] = pool): Promise<Tagger> {
  return openTagger(await trainTagger(sentences, { types, embedder }, signal), embedder);
}

async function found(tagger: Tagger, text: string): Promise<readonly string[]> {
  return (await tagger.tag(text, signal)).spans(0.5).map(({ start, end, type }) => `${type} ${text.slice(start, end)}`);
}

describe('a tagger', () => {
  test('finds names that its pool does not have, by what stands around them', async () => {
    assert.deepEqual(await found(await trained(), 'Yesterday Donald Knuth went to Oslo.'), ['person Donald Knuth', 'place Oslo']);
  });

  test('tells how likely any span is to be of each type', async () => {
    const text = 'Alan Turing lives in Paris now.';
    const tagged = await (await trained()).tag(text, signal);
    const [person = 0, place = 0] = tagged.probabilities({ start: 0, end: 11 });
    assert(person > 0.8 && place < 0.1, `${person} ${place}`);
    const [half = 0] = tagged.probabilities({ start: 0, end: 4 });
    assert(half < 0.1, `Alan alone has ${half}`);
    assert.deepEqual(tagged.probabilities({ start: 0, end: 2 }), [0, 0], 'a span that cuts a token');
  });

  test('gives every span that is likely enough, and none twice', async () => {
    const text = 'Yesterday Grace Hopper went to Rome and Paris.';
    const tagged = await (await trained()).tag(text, signal);
    const spans = tagged.spans(0.01);
    assert.equal(new Set(spans.map(({ start, end, type }) => `${start} ${end} ${type}`)).size, spans.length);
    for (const { probability, type, ...span } of spans) {
      assert(Math.abs((tagged.probabilities(span)[types.indexOf(type)] ?? 0) - probability) < 1e-9);
    }
  });

  test('finds mentions within mentions', async () => {
    const nested = places.flatMap((place) => [
      labelled(`She studied at [person the University of [place ${place}]] then.`),
      labelled(`He left [person the Bank of [place ${place}]] then.`),
      labelled(`They were in [place ${place}] then.`),
    ]);
    assert.deepEqual(await found(await trained(nested), 'She left the University of Madrid then.'), [
      'person the University of Madrid',
      'place Madrid',
    ]);
  });

  test('is the same each time', async () => {
    const [first, second] = [await trainTagger(pool, { types, embedder }, signal), await trainTagger(pool, { types, embedder }, signal)];
    assert.deepEqual(serializeTagger(first), serializeTagger(second));
  });

  test('answers alike when it is read back', async () => {
    const tagger = await trainTagger(pool, { types, embedder }, signal);
    const stored = deserializeTagger(serializeTagger(tagger));
    assert(stored !== undefined);
    const text = 'Yesterday Donald Knuth went to Oslo.';
    const [now, then] = [
      await (await openTagger(tagger, embedder)).tag(text, signal),
      await (await openTagger(stored, embedder)).tag(text, signal),
    ];
    assert.deepEqual(then.spans(0.001), now.spans(0.001));
  });

  test('knows nothing from an empty pool, and finds nothing', async () => {
    assert.deepEqual(await found(await trained([]), 'Ada went to Rome.'), []);
  });

  test('finds nothing in nothing', async () => {
    assert.deepEqual(await found(await trained(), ' '), []);
  });

  test('ends training once it is aborted', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const onProgress = () => abort.abort(reason);
    const many = Array.from({ length: 200 }, () => pool).flat();
    await assert.rejects(trainTagger(many, { types, embedder, onProgress }, abort.signal), reason);
  });
});
