import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { usageError } from '../../error.ts';
import { isOutage } from '../../jobs/outage.ts';
import type { Shipped } from '../../jobs/queue/payload.ts';
import { serveChunks } from '../../jobs/queue/serve.ts';
import { type GuardedModel, withBreaker } from '../../model/breaker.ts';
import type { LanguageModel } from '../../model/language-model.ts';
import type { FailedRecognition, Recognition } from '../../pipeline/recognition.ts';
import { resultOf } from '../../pipeline/result.ts';
import { counted } from '../counted.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { failureMessage } from '../failure-message.ts';
import type { WorkerFlags } from '../flags.ts';
import { openRecognizer, openSource } from '../open-recognizer.ts';
import { pipelineIdentity } from '../run/identity.ts';
import { openQueue } from '../run/queue-run.ts';
import { callsOf } from '../stats.ts';
import type { Terminal } from '../terminal.ts';
import { modelHealth, serveHealth, type WorkerHealth } from './health.ts';

/** A server that does not answer is waited for by itself; a single question gives up after so long, in milliseconds. */
const patienceMs = 2_000;

/**
 * `el4ner worker`: takes documents of runs from a queue and finds their entities, until it is interrupted; then it finishes what is in work.
 * @throws {NerError} for what keeps it from work.
 */
export async function worker(flags: WorkerFlags, terminal: Terminal): Promise<ExitCode> {
  const { queue = terminal.environment['EL4NER_QUEUE'] ?? '', workers, wait, health: healthAt, takeOver, ...asked } = flags;
  if (queue === '') throw usageError('Which queue to work for is not said. Give --queue redis://HOST:PORT or set EL4NER_QUEUE.');
  await using opened = new AsyncDisposableStack();
  const backend = opened.use(await openQueue(queue, terminal, { patienceMs }));
  const guarded: GuardedModel[] = [];
  const counts = { done: 0, failed: 0, inWork: 0 };
  let [state, isConnected]: [WorkerHealth['state'], boolean] = ['starting', true];
  if (healthAt !== undefined) {
    const { url } = opened.use(
      await serveHealth(healthAt, () => ({
        state: terminal.signal.aborted ? 'draining' : state,
        documents: counts,
        models: guarded.map(({ breaker }) => modelHealth(breaker())),
        queue: { url: backend.address.shown, isConnected },
      })),
    );
    terminal.note(`health at ${url}/healthz and ${url}/readyz`);
  }
  const guard = (model: LanguageModel): LanguageModel => {
    const behind = withBreaker(model);
    guarded.push(behind);
    return behind;
  };
  const source = await openSource(asked, opened, terminal);
  const { recognizer, models, calibration } = await openRecognizer({ ...asked, guard }, source, opened, terminal);
  const title = `${hostname()}:${process.pid}`;
  await serveChunks({
    backend,
    pipeline: await pipelineIdentity({ source, models, calibration, options: asked }),
    workers,
    id: randomUUID(),
    title,
    takeOverMs: takeOver * 1000,
    isPatient: wait,
    onConnection(now) {
      if (state === 'starting') terminal.note(`ready: ${title} takes documents from ${backend.address.shown}`);
      else if (now !== isConnected) terminal.note(now ? 'the queue answers again' : 'the queue does not answer; waiting for it');
      state = 'ready';
      isConnected = now;
    },
    note: terminal.note,
    stop: terminal.signal,
    crew: {
      recognizer,
      ship,
      onBegin: () => void counts.inWork++,
      onEnd(outcome) {
        counts.inWork--;
        if (outcome === undefined) return;
        counts.done++;
        if (outcome.failure !== undefined) counts.failed++;
        terminal.progress(`${counts.done.toLocaleString('en')} documents done, ${counts.inWork} in work`);
      },
    },
  });
  terminal.note(`drained after ${counted(counts.done, 'document')}`);
  return exitCodes.done;
}

/** A result as the submitter writes it. */
function ship(result: Recognition | FailedRecognition, { trace, calls }: { readonly trace: boolean; readonly calls: boolean }): Shipped {
  const shipped = {
    line: JSON.stringify(resultOf(result, { trace })),
    ...(calls ? { calls: callsOf(result).map(({ exchanges: _, ...call }) => call) } : {}),
  };
  if (result.status === 'recognized') return shipped;
  return { ...shipped, failure: { message: failureMessage(result.error), isOutage: isOutage(result.error.detail) } };
}
