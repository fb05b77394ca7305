/** Less is no gain: a cosine of vectors of 32 bits to themselves is not quite 1. */
const rounding = 1e-6;

/** What one span would teach if its sentence were labelled. */
export interface Lesson {
  /** At least 0. */
  readonly worth: number;
  /** Of length 1, or zero where nothing is known of the span. */
  readonly vector: Float32Array;
}

/** A sentence by its position, with what it teaches beyond those that were chosen before it. */
export interface Choice {
  readonly sentence: number;
  readonly gain: number;
}

/**
 * Chooses at most `n` sentences that together teach most, the best first. A sentence is worth the sum of its lessons, each as far as no
 * sentence that was chosen has one like it: `worth · (1 − the greatest cosine to their lessons)`. The gain of a sentence only falls
 * as others are chosen, so that one whose last known gain is no longer the greatest need not be looked at (Minoux's lazy greedy choice).
 * @returns sentences with a gain.
 */
export function chooseLessons(sentences: readonly (readonly Lesson[])[], n: number): readonly Choice[] {
  const chosen: Choice[] = [];
  const taught: Float32Array[] = [];
  const open = sentences.map((lessons, sentence) => ({
    sentence,
    lessons,
    // For each lesson the greatest cosine to what is taught, of the first `seen` lessons of that.
    cosines: lessons.map(() => 0),
    seen: 0,
    gain: lessons.reduce((sum, { worth }) => sum + worth, 0),
  }));
  while (chosen.length < n) {
    open.sort((a, b) => b.gain - a.gain || a.sentence - b.sentence);
    const best = open[0];
    if (best === undefined || best.gain <= rounding) break;
    if (best.seen < taught.length) {
      for (const [at, { vector }] of best.lessons.entries())
        best.cosines[at] = taught.slice(best.seen).reduce((most, other) => Math.max(most, dot(vector, other)), best.cosines[at] ?? 0);
      best.seen = taught.length;
      best.gain = best.lessons.reduce((sum, { worth }, at) => sum + worth * (1 - Math.min(1, best.cosines[at] ?? 0)), 0);
      continue;
    }
    chosen.push({ sentence: best.sentence, gain: best.gain });
    taught.push(...best.lessons.map(({ vector }) => vector));
    open.shift();
  }
  return chosen;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}
