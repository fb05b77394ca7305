/**
 * What a model gets wrong on labelled sentences, for the next model to learn from:
 *
 *     node mistakes.ts MODEL.gguf LIMIT NAME=FILE.jsonl... > mistakes.jsonl
 *
 * Of each file at most LIMIT sentences are read, chosen by their texts' hashes, with three demonstrations by chance. A line is a sentence with
 * mistakes: `{"source": NAME, "text", "spurious": [string, …], "mistyped": [[string, type], …]}`; spurious strings are no gold mention of any
 * type, mistyped ones are gold mentions of other types.
 */
import { createHash } from 'node:crypto';
import { readJsonl } from '../../src/dataset/jsonl.ts';
import type { LabelledSentence } from '../../src/document/labelled.ts';
import type { LanguageModel } from '../../src/model/language-model.ts';
import { openModel } from '../../src/model/open.ts';
import type { TaskContext } from '../../src/prompting/task.ts';

const demonstrationCount = 3;
const { signal } = new AbortController();
const [model, limit, ...files] = process.argv.slice(2);
if (model === undefined || files.length === 0) throw new Error('Expected: node mistakes.ts MODEL.gguf LIMIT NAME=FILE.jsonl...');

// A model has one thread; several of them keep the cores busy.
await Promise.all(Array.from({ length: 2 }, (_, worker) => work(files.filter((_, index) => index % 2 === worker))));

async function work(mine: readonly string[]): Promise<void> {
  await using opened = await openModel(`gguf:${model}`);
  for (const pair of mine) {
    const [source = '', path = ''] = pair.split('=');
    const sentences = (await Array.fromAsync(readJsonl(path)))
      .filter(({ text }) => text.length < 600)
      .map((sentence) => ({ ...sentence, lot: createHash('sha256').update(sentence.text).digest('hex') }))
      .sort((a, b) => (a.lot < b.lot ? -1 : 1));
    const types = [...new Set(sentences.flatMap(({ entities }) => entities.map(({ type }) => type)))].sort().map((name) => ({ name }));
    for (const [index, sentence] of sentences.slice(0, Number(limit)).entries()) {
      const demonstrations = Array.from({ length: demonstrationCount }, (_, nth) => sentences.at(index - 1 - nth) ?? sentence);
      const found = await mistakesIn(sentence, { types, demonstrations, text: sentence.text }, opened);
      if (found.spurious.length + found.mistyped.length > 0) {
        process.stdout.write(`${JSON.stringify({ source, text: sentence.text, ...found })}\n`);
      }
    }
  }
}

async function mistakesIn({ text, entities }: LabelledSentence, context: TaskContext, asked: LanguageModel) {
  const gold = new Map(entities.map(({ start, end, type }) => [text.slice(start, end), type]));
  const extracted = await asked.answer<'extract'>({ kind: 'extract', ...context }, signal);
  const joint = await asked.answer<'joint'>({ kind: 'joint', ...context }, signal);
  const typed = joint.ok ? joint.data : [];
  const strings = [
    ...(extracted.ok ? extracted.data.filter((reply) => typeof reply === 'string') : []),
    ...typed.map((mention) => mention.text),
  ];
  return {
    spurious: [...new Set(strings)].filter((string) => !gold.has(string)),
    mistyped: typed.flatMap((mention) => {
      const right = gold.get(mention.text);
      return right === undefined || right === mention.type ? [] : [[mention.text, mention.type]];
    }),
  };
}
