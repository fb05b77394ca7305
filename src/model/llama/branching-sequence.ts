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

/** What prompts begin with, in parts: the later ones change more often. */
export type Prefix = readonly (readonly Token[])[];

/** One evaluated prefix of a context, from which replies branch one after the other. */
export interface BranchingSequence {
  /**
   * Runs `walk` from the end of a prefix. Its parts are evaluated once and kept for as long as branches begin with them; what `walk` adds is taken
   * back before the next branch, which must not start before this one is done.
   * @throws `signal.reason` if the signal is aborted before the walk starts, or between two of its tokens.
   */
  branch<R>(prefix: Prefix, walk: (decoder: Decoder, cachedTokens: number) => Promise<R>, signal: AbortSignal): Promise<R>;
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
 * Invariant: each part of a prefix is always evaluated by itself, after the parts before it. What a branch computes therefore depends on its prompt
 * alone and never on what was asked before, so that the same prompt gives the same bytes.
 */
export function branchingSequence(sequence: TokenSequence): BranchingSequence {
  let held: Prefix = [];

  async function hold(prefix: Prefix): Promise<number> {
    const other = prefix.findIndex((part, at) => !sameTokens(part, held[at] ?? []));
    const kept = other < 0 ? prefix : prefix.slice(0, other);
    const cachedTokens = kept.reduce((sum, { length }) => sum + length, 0);
    held = []; // nothing is known of the sequence until all of this has succeeded
    if (cachedTokens === 0) await sequence.clearHistory();
    else await rollBack(sequence, cachedTokens);
    for (const part of prefix.slice(kept.length)) {
      await sequence.evaluateWithoutGeneratingNewTokens([...part]);
      await sequence.takeCheckpoint(); // for models with a state that cannot be rolled back; does nothing for others
    }
    held = prefix;
    return cachedTokens;
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
