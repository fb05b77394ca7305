import type { LabelledText } from '../../document/labelled.ts';
import { overlap, type Span } from '../../document/span.ts';
import { labelStatistics } from '../../pool/label-statistics.ts';
import { englishStopWords } from '../../pool/stop-words.ts';
import { wordsOf } from '../../pool/words.ts';

/** Looks once more at a text with the mentions that the members found: spans that are likely missed, or likely the true extent of one of them. */
export type Reflection = (text: string, mentions: readonly Span[]) => readonly Span[];

/** Share of a word's occurrences in the pool that stand in mentions, from which on it is likely to be missed where it stands in none. */
const likely = 0.5;

/**
 * Reflection by the labels of a pool. Words that stand in mentions there more often than not, and in none that the members found, are spans
 * to be asked about: as many as follow each other with nothing but a space, a hyphen or an apostrophe between them, and the same together
 * with the mentions that they so touch.
 * Deviation: DEER asks the model anew about such words; here the ensemble types and verifies what they make up.
 * @see DEER, arXiv:2505.23722 (error reflection on unseen, false negative and boundary tokens)
 */
export function reflectionBy(pool: readonly LabelledText[]): Reflection {
  const { shares } = labelStatistics(pool);
  return (text, mentions) => {
    const words = wordsOf(text);
    const owner = words.map((word) => mentions.find((mention) => overlap(word, mention)));
    const isMissed = words.map(
      ({ word }, at) => owner[at] === undefined && !englishStopWords.has(word) && (shares(word)?.inMention ?? 0) >= likely,
    );
    return runsIn(isMissed, (at) => isJoined(text, words[at], words[at + 1])).flatMap(([first, last]) => {
      const run = hull([words[first], words[last]]);
      const before = isJoined(text, words[first - 1], words[first]) ? owner[first - 1] : undefined;
      const after = isJoined(text, words[last], words[last + 1]) ? owner[last + 1] : undefined;
      return before === undefined && after === undefined ? [run] : [run, hull([before, run, after])];
    });
  };
}

/** The first and last places of marks that follow each other as far as each goes on to the next. */
function runsIn(marks: readonly boolean[], goesOn: (at: number) => boolean): readonly (readonly [first: number, last: number])[] {
  const runs: [number, number][] = [];
  for (const [at, isMarked] of marks.entries()) {
    if (!isMarked) continue;
    const last = runs.at(-1);
    if (last !== undefined && last[1] === at - 1 && goesOn(at - 1)) last[1] = at;
    else runs.push([at, at]);
  }
  return runs;
}

const joint = /^(?:[^\S\n]|[-‐‑'’])?$/u;

/** Whether two words can be of one mention, by what stands between them. */
function isJoined(text: string, left: Span | undefined, right: Span | undefined): boolean {
  return left !== undefined && right !== undefined && joint.test(text.slice(left.end, right.start));
}

/** The smallest span with all of these. */
function hull(spans: readonly (Span | undefined)[]): Span {
  const known = spans.filter((span) => span !== undefined);
  return { start: Math.min(...known.map(({ start }) => start)), end: Math.max(...known.map(({ end }) => end)) };
}
