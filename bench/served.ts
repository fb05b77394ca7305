/**
 * An ensemble of three models on one server that takes 200 ms a call and answers 16 at once: documents a second with 32 of them in work, against
 * the bound that delay and slots set, and against one document after the other; medians of five rounds, in the first of which the limit of requests in
 * flight is still growing. Prints a line of JSON, and one for people to stderr.
 */
import { setTimeout } from 'node:timers/promises';
import type { LanguageModel } from '../src/model/language-model.ts';
import { serveModel } from '../src/model/openai-server.fixture.ts';
import { goldScript, scriptedModel } from '../src/model/scripted.ts';
import { openaiCompatible } from '../src/model/servers.ts';
import { createRecognizer } from '../src/pipeline/recognizer.ts';

const [delayMs, slots, models, workers, goal] = [200, 16, 3, 32, 0.9];
const [documents, rounds] = [150, 5];
const text = 'Ada met Bob in Paris.';
const answer = goldScript({
  [text]: [
    ['Ada', 'person'],
    ['Bob', 'person'],
    ['Paris', 'place'],
  ],
}); // prettier-ignore

let free = slots;
const waiting: (() => void)[] = [];
/** Answers when a slot is free and the delay is over. */
const slow = scriptedModel({
  async answer(task) {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free--;
    await setTimeout(delayMs);
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
    return answer(task);
  },
});

await using server = await serveModel(slow, { name: 'slow' });
const ensemble = Array.from(
  { length: models },
  (_, at): LanguageModel => ({ ...openaiCompatible({ baseUrl: `${server.url}/v1`, model: 'slow' }), id: `slow ${at + 1}` }),
);
await using recognizer = await createRecognizer({ types: ['person', 'place'], models: ensemble });

const rates: { readonly alone: number; readonly together: number }[] = [];
for (let round = 0; round < rounds; round++) rates.push({ alone: await perSecond(5, 1), together: await perSecond(documents, workers) });
const [alone, together] = [median(rates.map((rate) => rate.alone)), median(rates.map((rate) => rate.together))];
const callsPerDocument = (await recognizer.recognize(text)).calls;
const bound = slots / (delayMs / 1000) / callsPerDocument;
const result = {
  name: 'served',
  delayMs,
  slots,
  models,
  workers,
  documents,
  rounds,
  callsPerDocument,
  perSecond: together,
  bound,
  ratio: together / bound,
  goal,
  alone,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
process.stderr.write(
  `served: ${together.toFixed(1)} documents a second, ${(together / bound).toFixed(2)} of the bound of ${bound.toFixed(1)} (goal ${goal}); one after the other ${alone.toFixed(1)}\n`,
);
for (const model of ensemble) await model[Symbol.asyncDispose]();

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function perSecond(count: number, workers: number): Promise<number> {
  const started = performance.now();
  for await (const one of recognizer.recognizeAll(
    Array.from({ length: count }, () => text),
    { workers },
  )) {
    if (one.status === 'failed') throw one.error;
  }
  return (1000 * count) / (performance.now() - started);
}
