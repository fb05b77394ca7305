/**
 * How cost grows with what is asked: documents of 10 to 10,000 words, ensembles of 1 to 8 members, 0 to 32 demonstrations, each varied by itself
 * around 100 words, three members and five demonstrations. Documents are sentences of the sample corpus, again from the first after some 2,600
 * words; the pool has the 44 sentences of its news. Members are the bundled ones, in turn, each opened anew.
 *
 * Each configuration has a process of its own, which recognizes the document once to warm up and then five times, from 1,000 words on once and
 * without warming up. Seconds are medians; calls and tokens are the same every time; memory is the most that the process ever held. Goals: a word
 * of 10,000 takes at most 1.25 times what a word of 1,000 does, and a member of eight 1.25 times what one of two does. Prints a line of JSON, and a
 * table for people to stderr.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readJsonl } from '../src/dataset/jsonl.ts';
import { bundledModels } from '../src/model/bundled.ts';
import type { LanguageModel } from '../src/model/language-model.ts';
import { openModel } from '../src/model/open.ts';
import { createRecognizer } from '../src/pipeline/recognizer.ts';

const goal = 1.25;
const corpus = new URL('../examples/corpus/', import.meta.url);

/** One way to ask. */
interface Configuration {
  readonly words: number;
  readonly members: number;
  readonly k: number;
}

interface Cost {
  readonly calls: number;
  readonly evaluated: number;
  readonly seconds: number;
  readonly peakMegabytes: number;
}

const [asked] = process.argv.slice(2);
if (asked === undefined) await compareAll();
else process.send?.(await costOf(JSON.parse(asked))); // a configuration that `compareAll` wrote

async function compareAll(): Promise<void> {
  const usual: Configuration = { words: 100, members: 3, k: 5 };
  const varied: Readonly<Record<string, readonly Configuration[]>> = {
    words: [0, 10, 100, 1000, 10_000].map((words) => ({ ...usual, words })),
    members: [1, 2, 4, 8].map((members) => ({ ...usual, members })),
    k: [0, 1, 2, 4, 8, 16, 32].map((k) => ({ ...usual, k })),
  };
  const costs: (Configuration & Cost)[] = [];
  process.stderr.write('growth: words, members, k; calls, tokens evaluated, seconds, milliseconds a word, most memory in MB\n');
  for (const [what, configurations] of Object.entries(varied)) {
    process.stderr.write(`  ${what}\n`);
    for (const configuration of configurations) {
      const cost = await inProcess(configuration);
      costs.push({ ...configuration, ...cost });
      process.stderr.write(`  ${figures(configuration, cost)}\n`);
    }
  }
  const secondsOf = (words: number, members: number) =>
    costs.find((one) => one.words === words && one.members === members)?.seconds ?? Number.NaN;
  const wordRatio = secondsOf(10_000, 3) / 10 / secondsOf(1000, 3);
  const memberRatio = secondsOf(100, 8) / 4 / secondsOf(100, 2);
  process.stdout.write(`${JSON.stringify({ name: 'growth', goal, wordRatio, memberRatio, costs })}\n`);
  process.stderr.write(
    `  a word of 10,000 takes ${wordRatio.toFixed(2)} of one of 1,000, a member of eight ${memberRatio.toFixed(2)} of one of two (goal ${goal})\n`,
  );
}

async function inProcess(configuration: Configuration): Promise<Cost> {
  const child = fork(new URL(import.meta.url), [JSON.stringify(configuration)]);
  const [cost] = await once(child, 'message');
  child.kill();
  return cost; // what `costOf` made
}

function figures({ words, members, k }: Configuration, { calls, evaluated, seconds, peakMegabytes }: Cost): string {
  const counts = [words, members, k, calls, evaluated].map((count) => String(count).padStart(8));
  const eachMs = words === 0 ? 0 : (1000 * seconds) / words;
  return [...counts, seconds.toFixed(2).padStart(9), eachMs.toFixed(1).padStart(8), peakMegabytes.toFixed(0).padStart(8)].join('');
}

async function costOf({ words, members, k }: Configuration): Promise<Cost> {
  const pool = [...(await sentencesOf('news/pool.jsonl')), ...(await sentencesOf('news/test.jsonl'))];
  const types = [...new Set(pool.flatMap(({ entities }) => entities.map(({ type }) => type)))];
  const bundled = await bundledModels();
  const models: LanguageModel[] = [];
  for (let at = 0; at < members; at++) {
    models.push({ ...(await openModel(`nano:${bundled[at % bundled.length]?.name}`)), id: `member ${at + 1}` });
  }
  const recognizer = await createRecognizer({ types, pool, models, k });
  const text = await documentOf(words);
  const durations: number[] = [];
  let evaluated = 0;
  let calls = 0;
  for (let run = words < 1000 ? -1 : 0; run < (words < 1000 ? 5 : 1); run++) {
    const { usage, durationMs, ...recognition } = await recognizer.recognize(text);
    if (run >= 0) durations.push(durationMs / 1000);
    calls = recognition.calls;
    evaluated = usage.promptTokens - usage.cachedTokens + usage.replyTokens;
  }
  const seconds = durations.sort((a, b) => a - b)[Math.floor(durations.length / 2)] ?? 0;
  return { calls, evaluated, seconds, peakMegabytes: process.resourceUsage().maxRSS / 1024 };
}

async function documentOf(words: number): Promise<string> {
  const sentences: string[] = [];
  for (const domain of ['travel', 'clinical', 'support', 'social', 'contracts']) {
    for (const { text } of await sentencesOf(`${domain}/test.jsonl`)) sentences.push(text);
  }
  const once = sentences.join(' ').split(' ');
  return Array.from({ length: words }, (_, at) => once[at % once.length]).join(' ');
}

function sentencesOf(path: string) {
  return Array.fromAsync(readJsonl(new URL(path, corpus).pathname));
}
