/** A sentence by its position in the pool, with its score. */
export interface RankedSentence {
  readonly sentence: number;
  readonly score: number;
}

/** Keeps the best of the sentences that it is offered, in time that hardly depends on how many it keeps. */
export interface Ranking {
  offer(sentence: number, score: number): void;
  /** A sentence of a lower score is not kept any more; -Infinity as long as there are too few. */
  bound(): number;
  /** The best, best first; of equals the earlier in the pool. */
  take(): readonly RankedSentence[];
}

/** A ranking of at most `k` sentences. */
export function bestOf(k: number): Ranking {
  const kept: RankedSentence[] = [];
  let sorted = 0;
  let last: RankedSentence | undefined;
  const cut = () => {
    if (kept.length === sorted) return;
    kept.sort(better);
    kept.length = Math.min(kept.length, k);
    sorted = kept.length;
    if (sorted === k) last = kept.at(-1);
  };
  return {
    offer(sentence, score) {
      if (k <= 0 || (last !== undefined && (score < last.score || (score === last.score && sentence > last.sentence)))) return;
      kept.push({ sentence, score });
      if (kept.length >= 2 * k + 16) cut();
    },
    bound() {
      cut();
      return last?.score ?? Number.NEGATIVE_INFINITY;
    },
    take() {
      cut();
      return kept;
    },
  };
}

function better(a: RankedSentence, b: RankedSentence): number {
  return b.score - a.score || a.sentence - b.sentence;
}
