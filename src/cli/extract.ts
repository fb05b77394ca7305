import { NerError } from '../error.ts';
import type { ModelSource, RecognizerOptions } from '../pipeline/options.ts';
import type { FailedRecognition, Recognition } from '../pipeline/recognition.ts';
import { createRecognizer } from '../pipeline/recognizer.ts';
import { untilFailure } from '../pipeline/until-failure.ts';
import { openEmbedder } from '../pool/open-embedder.ts';
import { taggerId } from '../pool/tagger/tagger-member.ts';
import { conllFormat } from './conll-format.ts';
import { openDocuments } from './documents.ts';
import { type ExitCode, exitCodeOf, exitCodes } from './exit-code.ts';
import { failureMessage } from './failure-message.ts';
import type { ExtractFlags } from './flags.ts';
import type { Format, FormatName } from './format.ts';
import { htmlFormat } from './html-format.ts';
import { inventory } from './inventory.ts';
import { jsonFormat, ndjsonFormat } from './json-format.ts';
import { openEnsemble, openMember } from './open-ensemble.ts';
import { noPool, openPool } from './pool.ts';
import { preparationNotes } from './preparation-notes.ts';
import { withSelection } from './selection-flags.ts';
import type { Terminal } from './terminal.ts';
import { textFormat } from './text-format.ts';
import { usableCalibration } from './usable-calibration.ts';

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
  // What is left of the flags are options of the recognizer.
  const {
    format,
    trace,
    workers,
    file,
    types: names,
    pool: poolPath,
    spanWeights,
    decision,
    models: uris,
    verifier,
    timeout,
    embedder: embedderUri,
    ...settings
  } = withSelection(flags);
  if (trace && format === 'conll') {
    throw new NerError('The format conll has no room for a trace. Use text, json, ndjson or html with --trace.', { code: 'usage' });
  }
  const { signal, colours, note } = terminal;
  await using models = new AsyncDisposableStack();
  const { labels, ...pool } = poolPath === undefined ? noPool : await openPool(poolPath, flags, models, terminal);
  const embedder = models.use(await openEmbedder(embedderUri ?? pool.index?.embedder, { environment: terminal.environment }));
  const types = await inventory(names, labels);
  const { several, documents } = await openDocuments(texts, file, terminal);

  const trusted = await usableCalibration(flags, { ...pool, types }, terminal);
  const members = await openMembers(trusted === undefined ? flags : { ...flags, models: [...trusted.members] }, models, terminal);
  if (trusted !== undefined) await trusted.check(members.models);
  const onProgress = (done: number, total: number): void => terminal.progress(`Preparing the pool: ${done} of ${total} sentences`);
  const weigher = spanWeights === undefined ? {} : { weigher: spanWeights };
  const options = { types, ...pool, embedder, ...weigher, ...members, ...settings, ...trusted?.options, onProgress };
  await using recognizer = await createRecognizer(options, { signal });

  for (const line of preparationNotes(recognizer.preparation)) note(line);
  const results = untilFailure(recognizer.recognizeAll(documents, { signal, workers }));
  const account = createAccount(note);
  for await (const piece of formats[format](account.told(results.items), { types, several, trace, colours, note }))
    await terminal.print(piece);
  results.rethrow();
  return account.exitCode();
}

/** Opens the ensemble and a verifier from outside it. What is opened is for `models` to release. */
async function openMembers(
  { models: uris, verifier, timeout }: ExtractFlags,
  models: AsyncDisposableStack,
  terminal: Terminal,
): Promise<{ readonly models: readonly ModelSource[] } & Pick<RecognizerOptions, 'verifier'>> {
  const ensemble = await openEnsemble(
    { ...(uris === undefined ? {} : { models: uris }), ...(timeout === undefined ? {} : { timeout }) },
    models,
    terminal,
  );
  if (verifier === undefined) return { models: ensemble };
  const ids = ensemble.map((member) => (typeof member === 'string' ? member : member.id));
  const isKnown = ['all', 'nobody', taggerId, ...ids].includes(verifier);
  return { models: ensemble, verifier: isKnown ? verifier : await openMember(verifier, { timeout }, models, terminal) };
}

/** Tells what went wrong with documents, and what it amounts to. */
function createAccount(note: Terminal['note']) {
  const failures: NerError[] = [];
  let recognized = 0;
  return {
    async *told<R extends Recognition | FailedRecognition>(results: AsyncIterable<R>): AsyncGenerator<R, void, undefined> {
      for await (const result of results) {
        if (result.status === 'failed') {
          failures.push(result.error);
          note(`document ${result.id} failed. ${failureMessage(result.error)}`);
        } else {
          recognized++;
          for (const line of degradations(result)) note(`document ${result.id}: ${line}`);
        }
        yield result;
      }
    },
    exitCode(): ExitCode {
      if (failures.length === 0) return exitCodes.done;
      const isUnavailable = recognized === 0 && failures.every(({ detail }) => exitCodeOf(detail) === exitCodes.unavailable);
      return isUnavailable ? exitCodes.unavailable : exitCodes.failed;
    },
  };
}

/** One line for each member and reason, with the stages. */
function degradations({ degraded }: Recognition): readonly string[] {
  const alike = Map.groupBy(degraded, ({ modelId, reason }) => `${modelId}\n${reason}`);
  return Array.from(alike.values(), (group) => {
    const stages = [...new Set(group.map(({ stage }) => stage))].join(', ');
    return `${group[0]?.modelId} (${stages}): ${group[0]?.reason}`;
  });
}
