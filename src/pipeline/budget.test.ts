import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NerError } from '../error.ts';
import type { LanguageModel } from '../model/language-model.ts';
import { type Script, scriptedModel } from '../model/scripted.ts';
import type { RecognizerOptions } from './options.ts';
import type { FailedRecognition, Recognition } from './recognition.ts';
import { createRecognizer } from './recognizer.ts';

const answer: Script = (task) => {
  if (task.kind === 'extract') return ['Ada'];
  if (task.kind === 'classify') return task.mentions.map(() => ({ type: 'person' }));
  return task.kind === 'verify' ? task.claims.map(() => ({ yes: true })) : [];
};
const hangingOn =
  (word: string): Script =>
  (task, signal) =>
    task.text.includes(word) ? new Promise(() => {}) : answer(task, signal);

async function recognizeAll(
  texts: readonly string[],
  options: Partial<RecognizerOptions>,
  script: Script = answer,
): Promise<(Recognition | FailedRecognition)[]> {
  const models = [scriptedModel({ id: 'a', answer }), scriptedModel({ id: 'b', answer: script })];
  await using recognizer = await createRecognizer({ types: ['person'], models, ...options });
  return await Array.fromAsync(recognizer.recognizeAll(texts, { workers: 2 }));
}

const statuses = (results: readonly (Recognition | FailedRecognition)[]) => results.map(({ status }) => status);

describe('a document', () => {
  it('that takes too long fails with an error of its own, and others go on', async () => {
    const results = await recognizeAll(['Ada is here.', 'Ada hangs.', 'Ada goes on.'], { documentTimeout: 0.05 }, hangingOn('hangs'));
    assert.deepEqual(statuses(results), ['recognized', 'failed', 'recognized']);
    const [, failed] = results;
    assert.ok(failed?.status === 'failed');
    assert.deepEqual(failed.error.detail, { code: 'over-budget', budget: 'documentTimeout', limit: 0.05 });
    assert.match(failed.error.message, /longer than its 0\.05 s.*--document-timeout/);
  });

  it('that takes too long is not waited for, whether models heed the abort or not', async () => {
    const deaf: LanguageModel = { ...scriptedModel({ answer }), answer: () => new Promise(() => {}) };
    await using recognizer = await createRecognizer({ types: ['person'], models: [deaf], documentTimeout: 0.05 });
    await assert.rejects(recognizer.recognize('Ada.'), ({ detail }: NerError) => detail.code === 'over-budget');
  });

  it('that takes too many tokens fails, and is not asked about any more', async () => {
    const long = `Ada ${'and so on '.repeat(200)}.`;
    const results = await recognizeAll(['Ada is here.', long], { documentTokens: 1_500 });
    assert.deepEqual(statuses(results), ['recognized', 'failed']);
    const [short, failed] = results;
    assert.ok(short?.status === 'recognized' && failed?.status === 'failed');
    assert.ok(short.usage.promptTokens + short.usage.replyTokens <= 1_500);
    assert.deepEqual(failed.error.detail, { code: 'over-budget', budget: 'documentTokens', limit: 1_500 });
    assert.match(failed.error.message, /took \d+ tokens.*may take 1500/);
    const spent = failed.attempts.reduce((sum, { usage }) => sum + usage.promptTokens + usage.replyTokens, 0);
    const byRound = failed.attempts.length / 2;
    assert.ok(spent > 1_500 && spent - spent / byRound <= 1_500, `${spent} tokens in ${byRound} rounds`);
  });

  it('may take exactly its budget', async () => {
    const [free] = await recognizeAll(['Ada is here.'], {});
    assert.ok(free?.status === 'recognized');
    const tokens = free.usage.promptTokens + free.usage.replyTokens;
    assert.deepEqual(statuses(await recognizeAll(['Ada is here.'], { documentTokens: tokens })), ['recognized']);
    assert.deepEqual(statuses(await recognizeAll(['Ada is here.'], { documentTokens: tokens - 1 })), ['failed']);
  });

  it('that is aborted fails for the reason of that', async () => {
    const models = [scriptedModel({ answer: hangingOn('Ada') })];
    await using recognizer = await createRecognizer({ types: ['person'], models, documentTimeout: 60 });
    const reason = new Error('enough');
    await assert.rejects(recognizer.recognize('Ada.', { signal: AbortSignal.timeout(1) }), { name: 'TimeoutError' });
    await assert.rejects(recognizer.recognize('Ada.', { signal: AbortSignal.abort(reason) }), (error) => error === reason);
  });

  for (const options of [{ documentTimeout: 0 }, { documentTimeout: Number.NaN }, { documentTimeout: 1e6 }, { documentTokens: 0 }]) {
    it(`cannot have the budget ${JSON.stringify(options)}`, () => assert.rejects(recognizeAll([], options), /expected a/));
  }
});
