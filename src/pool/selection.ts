import type { LabelledSentence } from '../document/labelled.ts';
import { comparableText, trigramSimilarity } from './near-duplicates.ts';
import { diverseGain, type Gain, type GainCandidate, scoreGain, spanCoverageGain } from './selection-gain.ts';

/** A sentence of the pool as retrieval ranked it, with what the options of {@link selectDemonstrations} ask for. */
export interface SelectionCandidate extends GainCandidate {
  readonly sentence: LabelledSentence;
  readonly score: number;
  /** The unit vector of the sentence; for `diversity`. */
  readonly vector?: Float32Array;
  /** For each span of the query the cosine of the span of the sentence that is most like it; for `coverSpans`. */
  readonly spanSimilarities?: readonly number[];
}

/** The bound of `nearDuplicate` that leaves out copies and keeps rewordings. */
export const defaultNearDuplicateBound = 0.9;

/** How demonstrations are chosen from a ranking. What is not given is off. */
export interface SelectionOptions {
  /** The text that wants demonstrations. */
  readonly query: string;
  /** Whether a sentence may be chosen that is the query, but for white space, and so gives the answer away; then `nearDuplicate` lets it be, too. */
  readonly allowQuery?: boolean;
  /**
   * How many of the best ranked are looked at, but at least k: each type that these show is to be demonstrated, if k allows. The first
   * choice stays, and others give way only where it takes their place to show all types. The search is greedy: a set of k that shows
   * more types may exist.
   */
  readonly coverTypes?: number;
  /**
   * λ in [0, 1] of maximal marginal relevance: next is the one of highest (1 − λ)·relevance − λ·(highest cosine to one chosen).
   * Relevance is the score, scaled to at most 1, or with `coverSpans` what a sentence adds to that.
   */
  readonly diversity?: number;
  /**
   * A bound in (0, 1], such as {@link defaultNearDuplicateBound}. What is left out: sentences that are equal to the query or to one chosen
   * but for case, spacing and the like, or whose character trigrams have a Jaccard similarity of at least the bound to it.
   */
  readonly nearDuplicate?: number;
  /** The weights, at least 0, of the query's spans: next is the sentence that raises Σ w(s)·max cos(s, chosen) / Σ w(s) most. */
  readonly coverSpans?: readonly number[];
}

/**
 * Chooses k demonstrations from a ranking that is longer. Of equals it takes the better ranked; equal input gives equal output.
 * @param ranked - best first.
 * @returns those chosen, in the order of the ranking: k, or as many as there are.
 * @throws {RangeError} if a number is out of its bounds, or vectors or span similarities are not of one dimension.
 * @see Set-BSR, arXiv:2305.14907 (`coverSpans`)
 */
export function selectDemonstrations<C extends SelectionCandidate>(
  ranked: readonly C[],
  k: number,
  options: SelectionOptions,
): readonly C[] {
  const { coverTypes } = options;
  const isNear = nearness<C>(options.nearDuplicate);
  const available = ranked.filter(unlikeQuery(options));
  const choose = (wanted?: WantedTypes<C>) => chooseOneByOne(available, k, { gain: gainOf(available, options), isNear, wanted });
  const inOrder = (chosen: ReadonlySet<C>) => available.filter((candidate) => chosen.has(candidate));
  const freely = choose();
  if (coverTypes === undefined) return inOrder(freely);
  const shownBy = new Set(available.slice(0, Math.max(k, coverTypes)));
  const wanted = { shownBy, types: typesOf(shownBy) };
  const covering = choose(wanted);
  // Greed may end worse than it would have been without.
  const shown = (chosen: ReadonlySet<C>) => typesOf(chosen).intersection(wanted.types).size;
  return inOrder(shown(covering) >= shown(freely) ? covering : freely);
}

/** Whether a candidate does not give the answer to the query away. */
function unlikeQuery({ query, allowQuery, nearDuplicate }: SelectionOptions): (candidate: SelectionCandidate) => boolean {
  if (allowQuery) return () => true;
  const own = withoutExtraSpace(query);
  const asked = comparableText(query);
  return ({ sentence }) =>
    withoutExtraSpace(sentence.text) !== own &&
    (nearDuplicate === undefined || trigramSimilarity(comparableText(sentence.text), asked) < nearDuplicate);
}

function withoutExtraSpace(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}

/** Whether two candidates are near-duplicates; each text is prepared once. */
function nearness<C extends SelectionCandidate>(bound: number | undefined): (a: C, b: C) => boolean {
  if (bound === undefined) return () => false;
  if (!(bound > 0 && bound <= 1)) throw new RangeError(`Expected a bound of near-duplicates in (0, 1], got ${bound}.`);
  const prepared = new Map<C, ReturnType<typeof comparableText>>();
  const comparable = (candidate: C) => {
    const known = prepared.get(candidate) ?? comparableText(candidate.sentence.text);
    prepared.set(candidate, known);
    return known;
  };
  return (a, b) => trigramSimilarity(comparable(a), comparable(b)) >= bound;
}

/** With all options off nothing adds more than another, so that the better ranked is next. */
function gainOf<C extends SelectionCandidate>(candidates: readonly C[], { diversity, coverSpans }: SelectionOptions): Gain<C> {
  const coverage = coverSpans === undefined ? undefined : spanCoverageGain<C>(coverSpans);
  if (diversity === undefined) return coverage ?? { of: () => 0, take: () => undefined };
  return diverseGain(candidates, diversity, coverage ?? scoreGain(candidates));
}

interface WantedTypes<C> {
  /** The best ranked, whose types are wanted; only these take the place of others. */
  readonly shownBy: ReadonlySet<C>;
  readonly types: ReadonlySet<string>;
}

interface Choice<C extends SelectionCandidate> {
  readonly gain: Gain<C>;
  readonly isNear: (a: C, b: C) => boolean;
  readonly wanted: WantedTypes<C> | undefined;
}

function chooseOneByOne<C extends SelectionCandidate>(
  available: readonly C[],
  k: number,
  { gain, isNear, wanted }: Choice<C>,
): ReadonlySet<C> {
  const chosen = new Set<C>();
  let left = available;
  while (chosen.size < k) {
    const favourite = highest(left, (candidate) => gain.of(candidate));
    if (favourite === undefined) break;
    const isFree = wanted === undefined || chosen.size === 0;
    const next = isFree ? favourite : givingWay(favourite, left, { chosen, places: k - chosen.size, wanted });
    chosen.add(next);
    gain.take(next);
    left = left.filter((candidate) => candidate !== next && !isNear(candidate, next));
  }
  return chosen;
}

/** The favourite if the places behind it are enough for the types that are missing; else the first one of those that show them. */
function givingWay<C extends SelectionCandidate>(
  favourite: C,
  left: readonly C[],
  { chosen, places, wanted }: { readonly chosen: ReadonlySet<C>; readonly places: number; readonly wanted: WantedTypes<C> },
): C {
  const candidates = left.filter((candidate) => wanted.shownBy.has(candidate));
  const missing = wanted.types.difference(typesOf(chosen));
  const behind = greedyCover(candidates, missing.difference(typesOf([favourite])));
  return behind.length < places ? favourite : (greedyCover(candidates, missing)[0] ?? favourite);
}

/** Candidates that show the types between them, as far as there are any: always the one that shows most of those missing. */
function greedyCover<C extends SelectionCandidate>(candidates: readonly C[], types: ReadonlySet<string>): readonly C[] {
  const cover: C[] = [];
  let missing = types;
  while (missing.size > 0) {
    const adds = (candidate: C) => typesOf([candidate]).intersection(missing).size;
    const next = highest(candidates, adds);
    if (next === undefined || adds(next) === 0) break;
    cover.push(next);
    missing = missing.difference(typesOf([next]));
  }
  return cover;
}

function typesOf(candidates: Iterable<SelectionCandidate>): ReadonlySet<string> {
  return new Set(Array.from(candidates).flatMap(({ sentence }) => sentence.entities.map(({ type }) => type)));
}

/** The candidate of highest value, the earlier one of equals. */
function highest<C>(candidates: readonly C[], value: (candidate: C) => number): C | undefined {
  let best: { readonly candidate: C; readonly value: number } | undefined;
  for (const candidate of candidates) {
    const found = value(candidate);
    if (best === undefined || found > best.value) best = { candidate, value: found };
  }
  return best?.candidate;
}
