import type { LlamaContextSequence, Token } from 'node-llama-cpp';

/** Walks on from a branch: feeds tokens and asks what comes next, always at temperature 0. */
export interface Decoder {
  /** The most probable token after `tokens`, which become part of the sequence. */
  next(tokens: readonly Token[]): Promise<Token>;
  /** All tokens by falling probability, at the place where `next` last stood or after `tokens` if some are given. */
  ranking(tokens?: readonly Token[]): Promise<ReadonlyMap<Token, number>>;
}

/** One evaluated prefix of a context, from which replies branch one after the other. */
export interface BranchingSequence {
  /**
   * Runs `walk` from the end of `prefix`. The prefix is evaluated once and kept for as long as the same one is asked for;
   * what `walk` adds is taken back before the next branch, which must not start before this one is done.
   * @throws `signal.reason` if the signal is aborted before the walk starts, or between two of its tokens.
   */
  branch<R>(prefix: readonly Token[], walk: (decoder: Decoder, cachedTokens: number) => Promise<R>, signal: AbortSignal): Promise<R>;
}

/** What branching needs of a context's sequence. */
export type TokenSequence = Pick<
  LlamaContextSequence,
  | 'nextTokenIndex'
  | 'clearHistory'
  | 'eraseContextTokenRanges'
  | 'evaluateWithoutGeneratingNewTokens'
  | 'controlledEvaluate'
  | 'takeCheckpoint'
>;

/**
 * Branches on a sequence of a context, which nothing else may change between branches.
 *
 * Invariant: the prefix is always evaluated by itself and from an empty sequence. What a branch computes therefore depends on
 * its prompt alone and never on what was asked before, so that the same prompt gives the same bytes.
 */
export function branchingSequence(sequence: TokenSequence): BranchingSequence {
  let held: readonly Token[] = [];

  async function hold(prefix: readonly Token[]): Promise<number> {
    const cached = sameTokens(held, prefix);
    held = []; // nothing is known of the sequence until all of this has succeeded
    if (cached) {
      await rollBack(sequence, prefix.length);
    } else {
      await sequence.clearHistory();
      await sequence.evaluateWithoutGeneratingNewTokens([...prefix]);
      await sequence.takeCheckpoint(); // for models with a state that cannot be rolled back; does nothing for others
    }
    held = prefix;
    return cached ? prefix.length : 0;
  }

  return {
    async branch(prefix, walk, signal) {
      const cachedTokens = await hold(prefix);
      signal.throwIfAborted();
      return walk(decoder(sequence, signal), cachedTokens);
    },
  };
}

function decoder(sequence: TokenSequence, signal: AbortSignal): Decoder {
  let last: Token | undefined;

  async function evaluate(tokens: readonly Token[], probabilities: boolean) {
    signal.throwIfAborted();
    const final = tokens.at(-1);
    if (final === undefined) throw new RangeError('A decoder needs at least one token to go on from.');
    const outputs = await sequence.controlledEvaluate([
      ...tokens.slice(0, -1),
      [final, { generateNext: { token: true, probabilities, options: { temperature: 0 } } }],
    ]);
    last = final;
    const output = outputs.at(-1)?.next;
    if (output?.token == null) throw new Error('llama.cpp evaluated a token and gave no next one.');
    return { token: output.token, probabilities: output.probabilities ?? new Map<Token, number>() };
  }

  return {
    next: async (tokens) => (await evaluate(tokens, false)).token,
    async ranking(tokens) {
      if (tokens !== undefined) return (await evaluate(tokens, true)).probabilities;
      if (last === undefined) throw new RangeError('A decoder has no ranking before its first token.');
      await rollBack(sequence, sequence.nextTokenIndex - 1);
      return (await evaluate([last], true)).probabilities;
    },
  };
}

async function rollBack(sequence: TokenSequence, length: number): Promise<void> {
  if (sequence.nextTokenIndex > length) await sequence.eraseContextTokenRanges([{ start: length, end: sequence.nextTokenIndex }]);
}

function sameTokens(a: readonly Token[], b: readonly Token[]): boolean {
  return a.length === b.length && a.every((token, index) => token === b[index]);
}
