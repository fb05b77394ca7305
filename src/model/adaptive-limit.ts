/** How many requests a server bears at once, learnt from how they end. */
export interface AdaptiveLimit {
  /** From 1 to the bound. */
  readonly limit: number;
  /** How often the limit was halved: what a request was sent with tells later whether that was while it was in flight. */
  readonly halvings: number;
  /**
   * Learns from one request.
   * @param end - `aborted` tells nothing; `failed` is for a reason that is none of load.
   * @param halvingsBefore - as they were when it was sent.
   */
  learn(end: 'aborted' | 'answered' | 'failed' | 'overloaded', halvingsBefore: number): void;
  /** Sets another bound, a whole number from 1. */
  boundTo(most: number): void;
}

const firstLimit = 4;

/**
 * Additive increase, multiplicative decrease: the limit starts at 4, or at the bound if that is less, grows by 1 after as many answers in a
 * row as it is, and is halved, not below 1, where a request found too much load. What was in flight when it was last halved halves it no
 * more, since all of that was sent under one limit.
 * @param bound - a whole number from 1.
 */
export function adaptiveLimit(bound: number): AdaptiveLimit {
  let most = bound;
  let limit = Math.min(firstLimit, most);
  let halvings = 0;
  let answersInRow = 0;
  return {
    get limit() {
      return limit;
    },
    get halvings() {
      return halvings;
    },
    learn(end, halvingsBefore) {
      if (end === 'aborted') return;
      answersInRow = end === 'answered' ? answersInRow + 1 : 0;
      if (answersInRow >= limit) {
        limit = Math.min(limit + 1, most);
        answersInRow = 0;
      }
      if (end === 'overloaded' && halvingsBefore === halvings) {
        limit = Math.max(1, Math.floor(limit / 2));
        halvings += 1;
      }
    },
    boundTo(newMost) {
      most = newMost;
      limit = Math.min(limit, most);
    },
  };
}
