import type { LlamaContextSequence, Token } from 'node-llama-cpp';

/** Tokens by falling probability, in [0, 1]. */
export type Ranking = ReadonlyMap<Token, number>;

/** Walks on from a branch: feeds tokens and tells what may come next. */
export interface Decoder {
  /**
   * The likeliest tokens after `tokens`, which become part of the sequence, with their shares of these tokens' probability. A ranking of
   * all tokens takes five times as long to hand over as a token takes to compute.
   */
  likeliest(tokens: readonly Token[]): Promise<Ranking>;
  /** All tokens, at the place where `likeliest` last stood. */
  all(): Promise<Ranking>;
}

/** How many tokens `Decoder.likeliest` has: more than there are words in a sentence, types in most inventories. */
const likeliestCount = 256;

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

  async function rank(tokens: readonly Token[], topK: number): Promise<Ranking> {
    signal.throwIfAborted();
    const final = tokens.at(-1);
    if (final === undefined) throw new RangeError('A decoder needs at least one token to go on from.');
    // At temperature 0 llama.cpp ranks all tokens. The token that it samples is of no interest.
    const options = { temperature: 1, topK, topP: 1, minP: 0, seed: 0 };
    const outputs = await sequence.controlledEvaluate([
      ...tokens.slice(0, -1),
      [final, { generateNext: { probabilities: true, options } }],
    ]);
    last = final;
    const ranking = outputs.at(-1)?.next.probabilities;
    if (ranking === undefined) throw new Error('llama.cpp evaluated a token and did not tell what may come next.');
    return ranking;
  }

  return {
    likeliest: (tokens) => rank(tokens, likeliestCount),
    async all() {
      if (last === undefined) throw new RangeError('A decoder has no ranking before its first token.');
      await rollBack(sequence, sequence.nextTokenIndex - 1);
      return rank([last], 0);
    },
  };
}

async function rollBack(sequence: TokenSequence, length: number): Promise<void> {
  if (sequence.nextTokenIndex > length) await sequence.eraseContextTokenRanges([{ start: length, end: sequence.nextTokenIndex }]);
}

function sameTokens(a: readonly Token[], b: readonly Token[]): boolean {
  return a.length === b.length && a.every((token, index) => token === b[index]);
}
