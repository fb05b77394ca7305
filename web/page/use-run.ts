import { useCallback, useRef } from 'preact/hooks';
import type { ExtractRequest } from '../api/api-types.ts';
import type { Client } from '../api/client.ts';
import { follow } from './follow.ts';
import { problemIn } from './use-server.ts';
import type { Happening, WorkDocument } from './workspace.ts';

interface Runner {
  /** Runs documents, each by a request of its own; a run that goes on is given up first. */
  run(client: Client, documents: readonly WorkDocument[], request: (document: WorkDocument) => ExtractRequest): Promise<void>;
  cancel(): void;
}

/** Runs documents and tells what happens. */
export function useRun(tell: (happening: Happening) => void): Runner {
  const current = useRef<AbortController | undefined>(undefined);
  const cancel = useCallback(() => current.current?.abort(), []);
  const run: Runner['run'] = useCallback(
    async (client, documents, request) => {
      current.current?.abort();
      const controller = new AbortController();
      current.current = controller;
      /** What is told of a run that another one has taken the place of is of no interest. */
      const tellOwn = (happening: Happening): void => {
        if (current.current === controller) tell(happening);
      };
      tellOwn({ kind: 'begun', ids: documents.map(({ id }) => id) });
      tellOwn(await outcomeOf(follow(client, documents.map(request), { signal: controller.signal, tell: tellOwn }), controller.signal));
    },
    [tell],
  );
  return { run, cancel };
}

async function outcomeOf(run: Promise<void>, signal: AbortSignal): Promise<Happening> {
  try {
    await run;
    return { kind: 'ended', state: 'done' };
  } catch (error) {
    if (signal.aborted) return { kind: 'ended', state: 'cancelled' };
    return { kind: 'ended', state: 'failed', problem: problemIn(error) };
  }
}
