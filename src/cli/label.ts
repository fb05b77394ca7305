import type { NerError } from '../error.ts';
import { sampleSentences } from '../experiment/experiment.ts';
import { silence } from '../pipeline/recognition.ts';
import { resultOf } from '../pipeline/result.ts';
import { consistency } from '../suggestion/consistency.ts';
import { counted } from './counted.ts';
import { type ExitCode, exitCodeAfter } from './exit-code.ts';
import type { LabelFlags } from './flags.ts';
import { openRecognizer, openSource } from './open-recognizer.ts';
import { openStats } from './stats.ts';
import type { Terminal } from './terminal.ts';
import { checkSeveral, noteUnread, readFreshTexts } from './texts.ts';

/**
 * `el4ner label`: a pool from texts without labels. What the ensemble finds in a text stands for its labels if the members agree on all of it; a
 * text without entities shows nothing and is left out.
 * @throws {NerError} `unreadable-input`; `usage` if there is no text to label.
 */
export async function label(flags: LabelFlags, terminal: Terminal): Promise<ExitCode> {
  const { texts: path, n, least, sample, seed, stats: _, prices: __, ...asked } = flags;
  const stats = await openStats(flags);
  await using opened = new AsyncDisposableStack();
  const source = await openSource(asked, opened, terminal);
  const texts = sampleSentences(await readFreshTexts(path, source), sample, seed);
  const { recognizer } = await openRecognizer(asked, source, opened, terminal);
  checkSeveral(recognizer);
  const failures: NerError[] = [];
  let [read, labelled] = [0, 0];
  for await (const recognition of recognizer.recognizeAll(texts, terminal)) {
    stats?.add(recognition);
    terminal.progress(`Reading: ${++read} of ${counted(texts.length, 'text')}, ${labelled} labelled`);
    const error = recognition.status === 'failed' ? recognition.error : silence(recognition);
    if (error !== undefined) failures.push(error);
    else if (recognition.status === 'recognized' && recognition.entities.length > 0 && consistency(recognition) >= least) {
      await terminal.print(`${JSON.stringify(resultOf(recognition, { trace: false }))}\n`);
      if (++labelled >= n) break;
    }
  }
  for (const line of stats?.lines(recognizer.preparation) ?? []) terminal.note(line);
  noteUnread(failures, terminal);
  terminal.note(
    `Labels for ${labelled} of ${counted(read - failures.length, 'text')}, on which the members agree. Nobody has corrected them.`,
  );
  return exitCodeAfter(failures, read - failures.length);
}
