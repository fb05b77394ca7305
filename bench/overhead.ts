/**
 * What the pipeline itself takes about a document of 25 words with ten mentions and three models that answer at once, without a pool and with one
 * of 200 sentences, against what the bundled models take about it. Prints a line of JSON, and one for people to stderr.
 */
import { goldScript, scriptedModel } from '../src/model/scripted.ts';
import type { RecognizerOptions } from '../src/pipeline/options.ts';
import { createRecognizer } from '../src/pipeline/recognizer.ts';

const goalMs = 1;
const [warmUp, runs, modelRuns] = [300, 1000, 9];
const names = ['Ada', 'Bob', 'Cid', 'Dora', 'Eve', 'Fred', 'Gus', 'Hal', 'Ida', 'Jon'];
const text = `${names.join(' and ')} all went home late last night.`;
const labelled = (words: readonly string[], at: number) => {
  const sentence = `On day ${at} ${words.join(' saw ')} near the river.`;
  return {
    text: sentence,
    entities: words.map((word) => ({ start: sentence.indexOf(word), end: sentence.indexOf(word) + word.length, type: 'person' })),
  };
};
const pool = Array.from({ length: 200 }, (_, at) => labelled([names[at % 10] ?? '', names[(at + 3) % 10] ?? ''], at));
const answer = goldScript({ [text]: names.map((name) => [name, 'person']) });

const scripted = Array.from({ length: 3 }, (_, at) => scriptedModel({ id: `model ${at + 1}`, answer }));
const own = await medianMs({ models: scripted }, warmUp, runs);
const withPool = await medianMs({ models: scripted, pool }, warmUp, runs);
const bundled = await medianMs({ pool }, 2, modelRuns);
const result = {
  name: 'overhead',
  words: text.split(' ').length,
  mentions: names.length,
  medianMs: own,
  goalMs,
  withPoolMs: withPool,
  bundledMs: bundled,
  ratio: withPool / bundled,
  runs,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
process.stderr.write(
  `overhead: ${own.toFixed(2)} ms a document outside models (goal ${goalMs} ms), with retrieval from ${pool.length} sentences ${withPool.toFixed(2)} ms, which is ${(100 * (withPool / bundled)).toFixed(2)} % of the ${bundled.toFixed(0)} ms with the bundled models\n`,
);
process.exit();

async function medianMs(options: Pick<RecognizerOptions, 'models' | 'pool'>, warmUp: number, runs: number): Promise<number> {
  await using recognizer = await createRecognizer({ types: ['person', 'place'], ...options });
  const durations: number[] = [];
  for (let run = 0; run < warmUp + runs; run++) {
    const started = performance.now();
    const { entities } = await recognizer.recognize(text);
    if (options.models !== undefined && entities.length !== names.length)
      throw new Error(`Found ${entities.length} of ${names.length} names.`);
    if (run >= warmUp) durations.push(performance.now() - started);
  }
  return durations.sort((a, b) => a - b)[Math.floor(durations.length / 2)] ?? 0;
}
