/**
 * What the tagger costs: seconds to learn a pool, bytes to keep, words a second to tag (words are what lies between white space; the tagger has
 * met none of the texts before), each against its goal.
 *
 *     node bench/tagger.ts POOL TEXTS [SENTENCES]
 *
 * POOL and TEXTS are JSON Lines of labelled sentences, of which at most SENTENCES (5,000) each are taken. Prints a line of JSON and one for people.
 */
import { cpus, loadavg } from 'node:os';
import { readJsonl } from '../src/dataset/jsonl.ts';
import { textReader } from '../src/pool/tagger/reading.ts';
import { openTagger } from '../src/pool/tagger/tagger.ts';
import { serializeTagger } from '../src/pool/tagger/tagger-bytes.ts';
import { trainTagger } from '../src/pool/tagger/train-tagger.ts';
import { wordEmbedder } from '../src/pool/word-embedder.ts';

const goals = { secondsOf5000: 15, megabytes: 10, wordsASecond: 20_000 };
const leastProbability = 0.15;

const [poolPath, textsPath, most = '5000'] = process.argv.slice(2);
if (poolPath === undefined || textsPath === undefined) throw new Error('Expected: node bench/tagger.ts POOL TEXTS [SENTENCES]');
const { signal } = new AbortController();
const pool = (await Array.fromAsync(readJsonl(poolPath))).slice(0, Number(most));
const texts = (await Array.fromAsync(readJsonl(textsPath))).slice(0, Number(most)).map(({ text }) => text);
const embedder = await wordEmbedder();
await textReader(); // what every process loads once

const began = performance.now();
const types = [...new Set(pool.flatMap(({ entities }) => entities.map(({ type }) => type)))];
const trained = await trainTagger(pool, { types, embedder }, signal);
const seconds = (performance.now() - began) / 1000;
const megabytes = serializeTagger(trained).length / 1e6;
const tagger = await openTagger(trained, embedder);
const tagging = performance.now();
for (const text of texts) (await tagger.tag(text, signal)).spans(leastProbability);
const words = texts.reduce((sum, text) => sum + text.split(/\s+/).length, 0);
const wordsASecond = (1000 * words) / (performance.now() - tagging);

const ratios = {
  seconds: (seconds * (5000 / pool.length)) / goals.secondsOf5000,
  megabytes: megabytes / goals.megabytes,
  wordsASecond: wordsASecond / goals.wordsASecond,
};
const machine = { processor: cpus()[0]?.model, node: process.version, loadOfOneMinute: loadavg()[0] };
process.stdout.write(
  `${JSON.stringify({ name: 'tagger', goals, sentences: pool.length, seconds, megabytes, wordsASecond, ratios, machine })}\n`,
);
process.stderr.write(
  `${pool.length} sentences in ${seconds.toFixed(1)} s (${ratios.seconds.toFixed(2)} of the goal), ${megabytes.toFixed(1)} MB, ${wordsASecond.toFixed(0)} words/s (${ratios.wordsASecond.toFixed(2)} of the goal)\n`,
);
