import { NerError } from '../error.ts';
import type { FailedRecognition, Recognition } from '../pipeline/recognition.ts';
import { untilFailure } from '../pipeline/until-failure.ts';
import { conllFormat } from './conll-format.ts';
import { degradationLines } from './degradation-lines.ts';
import { disagreementLines } from './disagreement-lines.ts';
import { openDocuments } from './documents.ts';
import { type ExitCode, exitCodeAfter } from './exit-code.ts';
import { failureMessage } from './failure-message.ts';
import type { ExtractFlags } from './flags.ts';
import type { Format, FormatName } from './format.ts';
import { htmlFormat } from './html/report-format.ts';
import { jsonFormat, ndjsonFormat } from './json-format.ts';
import { openRecognizer, openSource } from './open-recognizer.ts';
import { openStats, type RunStats } from './stats.ts';
import type { Terminal } from './terminal.ts';
import { textFormat } from './text-format.ts';

const formats: Readonly<Record<FormatName, Format>> = {
  text: textFormat,
  json: jsonFormat,
  ndjson: ndjsonFormat,
  html: htmlFormat,
  conll: conllFormat,
};

/**
 * `el4ner extract`: finds the entities of texts and prints each document as soon as it and those before it are done. A document
 * that fails is told, and the others go on.
 * @param texts - one document each; `-` is the standard input.
 * @throws {NerError} for what ends the run, after what was finished is printed.
 * @throws `terminal.signal.reason` once the signal is aborted, after what was finished is printed.
 */
export async function extract(texts: readonly string[], flags: ExtractFlags, terminal: Terminal): Promise<ExitCode> {
  const { format, trace, stats: _, prices: __, workers, file, ...asked } = flags;
  if (trace && format === 'conll') {
    throw new NerError('The format conll has no room for a trace. Use text, json, ndjson or html with --trace.', { code: 'usage' });
  }
  const { signal, colours, note } = terminal;
  const stats = await openStats(flags);
  await using opened = new AsyncDisposableStack();
  const source = await openSource(asked, opened, terminal);
  const { several, documents } = await openDocuments(texts, file, terminal);
  const { recognizer } = await openRecognizer(asked, source, opened, terminal);

  const results = untilFailure(recognizer.recognizeAll(documents, { signal, workers }));
  const account = createAccount(note, stats);
  for await (const piece of formats[format](account.told(results.items), { types: source.types, several, trace, colours, note }))
    await terminal.print(piece);
  for (const line of stats?.lines(recognizer.preparation) ?? []) note(line);
  results.rethrow();
  return account.exitCode();
}

/** Tells what went wrong with documents, and what it amounts to. */
function createAccount(note: Terminal['note'], stats: RunStats | undefined) {
  const failures: NerError[] = [];
  let recognized = 0;
  return {
    async *told<R extends Recognition | FailedRecognition>(results: AsyncIterable<R>): AsyncGenerator<R, void, undefined> {
      for await (const result of results) {
        stats?.add(result);
        if (result.status === 'failed') {
          failures.push(result.error);
          note(`document ${result.id} failed. ${failureMessage(result.error)}`);
        } else {
          recognized++;
          for (const line of [...degradationLines(result), ...disagreementLines(result)]) note(`document ${result.id}: ${line}`);
        }
        yield result;
      }
    },
    exitCode: (): ExitCode => exitCodeAfter(failures, recognized),
  };
}
