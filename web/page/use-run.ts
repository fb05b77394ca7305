import { useCallback, useRef } from 'preact/hooks';
import type { ExtractRequest } from '../api/api-types.ts';
import type { Client } from '../api/client.ts';
import { ServerProblem } from '../api/problem.ts';
import { lots } from './settings.ts';
import { problemIn } from './use-server.ts';
import type { Happening, WorkDocument } from './workspace.ts';

interface Runner {
  /** Runs documents, lot by lot; a run that goes on is given up first. */
  run(client: Client, documents: readonly WorkDocument[], request: (lot: readonly WorkDocument[]) => ExtractRequest): Promise<void>;
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
      tellOwn(
        await outcomeOf(follow(client, lots(documents).map(request), { signal: controller.signal, tell: tellOwn }), controller.signal),
      );
    },
    [tell],
  );
  return { run, cancel };
}

interface Following {
  readonly signal: AbortSignal;
  readonly tell: (happening: Happening) => void;
}

/** Sends requests one after the other and tells what comes back. */
async function follow(client: Client, requests: readonly ExtractRequest[], { signal, tell }: Following): Promise<void> {
  for (const request of requests) {
    for await (const event of client.extract(request, signal)) {
      signal.throwIfAborted();
      if (event.name === 'stage') tell({ kind: 'stage', event: event.data });
      if (event.name === 'document') tell({ kind: 'document', result: event.data });
      if (event.name === 'problem') throw new ServerProblem(event.data);
    }
  }
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
