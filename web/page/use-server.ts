import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import type { ModelBody, PoolBody, Problem } from '../../src/server/schemas.ts';
import { type Client, createClient } from '../api/client.ts';
import { ServerProblem } from '../api/problem.ts';

/** What is known of the server. */
export interface Server {
  readonly client: Client;
  readonly state: 'asking' | 'there' | 'wants a token' | 'away';
  readonly models: readonly ModelBody[];
  readonly pools: readonly PoolBody[];
  readonly problem: Problem | undefined;
  /** Takes another token for this tab. */
  enter(token: string): void;
  /** Asks again what there is. */
  refresh(): Promise<void>;
}

const tokenKey = 'el4ner-token';

/** The server that this page comes from. */
export function useServer(): Server {
  const [token, setToken] = useState(() => sessionStorage.getItem(tokenKey) ?? '');
  const client = useMemo(() => createClient(token), [token]);
  const [known, setKnown] = useState<Pick<Server, 'state' | 'models' | 'pools' | 'problem'>>({
    state: 'asking',
    models: [],
    pools: [],
    problem: undefined,
  });
  const refresh = useCallback(async () => {
    try {
      const [models, pools] = await Promise.all([client.models(), client.pools()]);
      setKnown({ state: 'there', models, pools, problem: undefined });
    } catch (error) {
      const problem = problemIn(error);
      const wantsToken = problem.status === 401 || problem.status === 400;
      setKnown((before) => ({
        ...before,
        state: wantsToken ? 'wants a token' : 'away',
        problem: token === '' && wantsToken ? undefined : problem,
      }));
    }
  }, [client, token]);
  useEffect(() => void refresh(), [refresh]);
  const enter = useCallback(
    (given: string) => {
      sessionStorage.setItem(tokenKey, given);
      if (given === token) void refresh();
      else setToken(given);
    },
    [token, refresh],
  );
  return { client, ...known, enter, refresh };
}

/** Whatever was thrown, as a problem to be shown. */
export function problemIn(error: unknown): Problem {
  if (error instanceof ServerProblem) {
    const { problem, retryAfter } = error;
    return retryAfter === undefined ? problem : { ...problem, detail: `${problem.detail} Try again in ${retryAfter} s.` };
  }
  return { type: 'about:blank', title: 'A fault of this page', status: 0, detail: error instanceof Error ? error.message : String(error) };
}
