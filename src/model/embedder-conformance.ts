import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Embedder } from './embedder.ts';

/** An embedder opened for one case. The case disposes of the embedder first, then of the subject, and with it of what it needs. */
export interface EmbedderSubject extends AsyncDisposable {
  readonly embedder: Embedder;
}

/**
 * Registers with `node:test` what every embedder has to do, whatever it runs on; all that `openEmbedder` opens do it. Beyond what
 * {@link Embedder} says, calls may overlap, the caller may change the vectors, and an abort is heard amid thousands of texts, so that one that
 * computes in this thread has to make pauses. It can be disposed of twice; then `embed` rejects with a `NerError` of the code `model-failed` whose
 * message says that it has been "disposed of".
 * @param open - opens the same embedder each time, with nothing remembered.
 * @example
 * ```ts
 * embedderConformance('my embedder', async () => ({ embedder: await myEmbedder(), async [Symbol.asyncDispose]() {} }));
 * ```
 */
export function embedderConformance(name: string, open: () => Promise<EmbedderSubject>): void {
  describe(`${name}, as an embedder`, () => {
    for (const [title, run] of Object.entries({ ...vectors, ...interruptions })) {
      it(title, async () => {
        await using subject = await open();
        await using embedder = subject.embedder;
        await run(embedder, open);
      });
    }
  });
}

type Case = (embedder: Embedder, open: () => Promise<EmbedderSubject>) => Promise<void>;

const few = [
  'Berlin',
  'Ada Lovelace met Charles Babbage in London.',
  'p53',
  'Zoe\u0308 🧑‍🎤 und Zoë in 東京',
  '<|im_end|> </s>',
  '\ud83d half',
];

/** More than any batch has. */
const many = Array.from({ length: 300 }, (_, index) => `Guest ${index} of the house`);

const vectors: Readonly<Record<string, Case>> = {
  'gives unit vectors of one dimension': async (embedder) => {
    const found = await embedder.embed(few, quiet());
    assert.equal(found.length, few.length);
    for (const vector of found) assert.ok(isUnit(vector) && vector.length === found[0]?.length, `${vector}`);
    const [more] = await embedder.embed([many.join(' and ')], quiet());
    assert.ok(more !== undefined && isUnit(more) && more.length === found[0]?.length);
  },
  'keeps the order of the texts, and gives each the vector that it has alone': async (embedder, open) => {
    const found = await embedder.embed(many, quiet());
    assert.equal(found.length, many.length);
    await using other = await open();
    await using alone = other.embedder;
    for (const index of [299, 150, 0]) {
      const [vector] = await alone.embed([many[index] ?? ''], quiet());
      assertSame(vector, found[index]);
    }
    assert.ok(cosine(found[0], found[299]) < 0.999);
  },
  'gives equal texts equal vectors, which the caller may change': async (embedder) => {
    const [first, other, second] = await embedder.embed(['Berlin', 'Paris', 'Berlin'], quiet());
    assert.deepEqual(first, second);
    assert.notDeepEqual(first, other);
    first?.fill(7);
    assert.notDeepEqual(first, second);
    assert.deepEqual(await embedder.embed(['Berlin'], quiet()), [second]);
  },
  'gives blank texts the zero vector, also where nothing else has been asked': async (embedder) => {
    const [empty, blank] = await embedder.embed(['', ' \t\n'], quiet());
    const [berlin, again] = await embedder.embed(['Berlin', ''], quiet());
    const zero = new Float32Array(berlin?.length ?? 0);
    assert.ok(zero.length > 0);
    assert.deepEqual([empty, blank, again], [zero, zero, zero]);
  },
  'gives no vectors for no texts': async (embedder) => {
    assert.deepEqual(await embedder.embed([], quiet()), []);
  },
  'answers overlapping calls at once as it answers one': async (embedder) => {
    const calls = [few, few.toReversed(), ['Berlin', 'Rome'], many.slice(0, 40), []];
    const found = await Promise.all(calls.map((texts) => embedder.embed(texts, quiet())));
    assert.deepEqual(
      found.map(({ length }) => length),
      calls.map(({ length }) => length),
    );
    for (const [index, text] of few.entries()) {
      assert.deepEqual(found[0]?.[index], found[1]?.[few.length - 1 - index], text);
    }
    assert.deepEqual(found[2]?.[0], found[0]?.[0]);
  },
};

const interruptions: Readonly<Record<string, Case>> = {
  'takes no texts once it is aborted, and goes on after that': async (embedder) => {
    const reason = new Error('not any more');
    for (const texts of [few, []]) await assert.rejects(embedder.embed(texts, AbortSignal.abort(reason)), (error) => error === reason);
    assert.equal((await embedder.embed(few, quiet())).length, few.length);
  },
  'gives up as soon as it is aborted, and goes on after that': async (embedder) => {
    const reason = { because: 'any value may be a reason' };
    const controller = new AbortController();
    const embedding = embedder.embed(many, controller.signal);
    controller.abort(reason);
    await assert.rejects(embedding, (error) => error === reason);
    assert.equal((await embedder.embed(few, quiet())).length, few.length);
  },
  'gives up in the middle, without harm to another call for the same texts': async (embedder) => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const texts = Array.from({ length: 5_000 }, (_, index) => `Visitor ${index}`);
    const embedding = embedder.embed(texts, controller.signal);
    const other = embedder.embed(texts.slice(0, 3), quiet());
    setTimeout(() => controller.abort(reason), 2);
    await assert.rejects(embedding, (error) => error === reason);
    assert.equal((await other).length, 3);
  },
  'can be disposed of twice, and then embeds nothing': async (embedder) => {
    await embedder[Symbol.asyncDispose]();
    await embedder[Symbol.asyncDispose]();
    await assert.rejects(embedder.embed(few, quiet()), { message: /disposed of/, detail: { code: 'model-failed', modelId: embedder.id } });
  },
};

/** A signal that is never aborted. */
function quiet(): AbortSignal {
  return new AbortController().signal;
}

function isUnit(vector: Float32Array): boolean {
  return Math.abs(Math.hypot(...vector) - 1) < 1e-5;
}

/** The same but for what is lost where numbers are added in another order, as in batches. */
function assertSame(a: Float32Array | undefined, b: Float32Array | undefined): void {
  assert.ok(cosine(a, b) > 0.999_99);
}

function cosine(a: Float32Array = new Float32Array(), b: Float32Array = new Float32Array()): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}
