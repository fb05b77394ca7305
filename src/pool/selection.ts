import type { DemonstrationSelection } from './demonstration.ts';
import { type ComparableText, comparableText, trigramSimilarity } from './near-duplicates.ts';
import { diverseGain, type Gain, type GainCandidate, scoreGain, spanCoverageGain } from './selection-gain.ts';

/** A sentence of the pool as retrieval ranked it, with what the options of {@link selectDemonstrations} ask for. */
export interface SelectionCandidate extends GainCandidate {
  /** The unit vector of the sentence; for `diversity`. */
  readonly vector?: Float32Array | undefined;
  /** For each span of the query the cosine of the span of the sentence that is most like it; for `coverSpans`. */
  readonly spanSimilarities?: readonly number[] | undefined;
}

/** The options of a selection, and the text that they are about. */
export interface SelectionOptions extends Omit<DemonstrationSelection, 'coverSpans'> {
  /** The text that wants demonstrations. */
  readonly query: string;
  /** The weights, at least 0, of the query's spans: next is the sentence that raises Σ w(s)·max cos(s, chosen) / Σ w(s) most. */
  readonly coverSpans?: readonly number[] | undefined;
}

/** What was chosen from a ranking. */
export interface Selected<C> {
  /** In the order of the ranking. */
  readonly chosen: readonly C[];
  /** Why some of them were, from behind the first k; not where it is only that others are left out. In words. */
  readonly reasons: ReadonlyMap<C, string>;
  /** Those of the first k that were not chosen, and why, in the order of the ranking. */
  readonly leftOut: ReadonlyMap<C, string>;
}

/**
 * Chooses k demonstrations from a ranking that is longer. Of equals it takes the better ranked; equal input gives equal output. With
 * `coverTypes` the search is greedy: a set of k that shows more types may exist.
 * @param ranked - best first.
 * @returns k, or as many as there are.
 * @throws {RangeError} if a number is out of its bounds, or vectors or span similarities are not of one dimension.
 * @see Set-BSR, arXiv:2305.14907 (`coverSpans`)
 */
export function selectDemonstrations<C extends SelectionCandidate>(
  ranked: readonly C[],
  k: number,
  options: SelectionOptions,
): Selected<C> {
  const likeness = likenessOf(options);
  const available = ranked.filter((candidate) => likeness.toQuery(candidate) === undefined);
  const run = (wanted?: ReadonlySet<string>) => chooseOneByOne(available, k, { gain: gainOf(available, options), likeness, wanted });
  const select = (choice: Choice<C>): Selected<C> => ({
    chosen: available.filter((candidate) => choice.chosen.has(candidate)),
    ...reasonsOf(ranked, k, choice, likeness),
  });
  const freely = run();
  if (!options.coverTypes) return select(freely);
  const wanted = typesOf(available);
  const covering = run(wanted);
  // Greed may end worse than it would have been without.
  const shown = ({ chosen }: Choice<C>) => typesOf(chosen).size;
  return select(shown(covering) >= shown(freely) ? covering : freely);
}

/** Whether sentences are the query or each other. */
interface Likeness {
  /** Why a candidate gives the answer to the query away, in words; `undefined` where it does not. */
  toQuery(candidate: SelectionCandidate): string | undefined;
  areNear(a: SelectionCandidate, b: SelectionCandidate): boolean;
}

/** Each text is prepared for comparison once. */
function likenessOf({ query, allowQuery, nearDuplicates: bound }: SelectionOptions): Likeness {
  if (bound !== undefined && !(bound > 0 && bound <= 1))
    throw new RangeError(`Expected a bound of near-duplicates in (0, 1], got ${bound}.`);
  const prepared = new Map<string, ComparableText>();
  const comparable = (text: string) => {
    const known = prepared.get(text) ?? comparableText(text);
    prepared.set(text, known);
    return known;
  };
  const areNear = (a: string, b: string) => bound !== undefined && trigramSimilarity(comparable(a), comparable(b)) >= bound;
  const own = withoutExtraSpace(query);
  return {
    toQuery({ sentence: { text } }) {
      if (allowQuery) return undefined;
      if (withoutExtraSpace(text) === own) return 'is the text itself';
      return areNear(text, query) ? 'is a near-duplicate of the text' : undefined;
    },
    areNear: (a, b) => areNear(a.sentence.text, b.sentence.text),
  };
}

function withoutExtraSpace(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}

/** With all options off nothing adds more than another, so that the better ranked is next. */
function gainOf<C extends SelectionCandidate>(candidates: readonly C[], { diversity, coverSpans }: SelectionOptions): Gain<C> {
  const coverage = coverSpans === undefined ? undefined : spanCoverageGain<C>(coverSpans);
  if (diversity === undefined) return coverage ?? { of: () => 0, take: () => undefined };
  return diverseGain(candidates, diversity, coverage ?? scoreGain(candidates));
}

interface ChoiceOptions<C extends SelectionCandidate> {
  readonly gain: Gain<C>;
  readonly likeness: Likeness;
  /** The types that are to be shown. */
  readonly wanted: ReadonlySet<string> | undefined;
}

/** What was chosen, and what happened on the way. */
interface Choice<C extends SelectionCandidate> {
  readonly chosen: ReadonlySet<C>;
  readonly gain: Gain<C>;
  /** Those chosen before the favourite, with the types for which they were. */
  readonly forTypes: ReadonlyMap<C, ReadonlySet<string>>;
  /** Favourites before which another one was chosen. */
  readonly gaveWay: ReadonlySet<C>;
  /** Those left out as near-duplicates, each with the one chosen. */
  readonly nearTo: ReadonlyMap<C, C>;
}

function chooseOneByOne<C extends SelectionCandidate>(
  available: readonly C[],
  k: number,
  { gain, likeness, wanted }: ChoiceOptions<C>,
): Choice<C> {
  const [chosen, gaveWay] = [new Set<C>(), new Set<C>()];
  const [forTypes, nearTo] = [new Map<C, ReadonlySet<string>>(), new Map<C, C>()];
  let left = available;
  while (chosen.size < k) {
    const favourite = highest(left, (candidate) => gain.of(candidate));
    if (favourite === undefined) break;
    // The first choice is free.
    const missing = wanted === undefined || chosen.size === 0 ? new Set<string>() : wanted.difference(typesOf(chosen));
    const next = givingWay(favourite, left, { places: k - chosen.size, missing });
    if (next !== favourite) {
      gaveWay.add(favourite);
      forTypes.set(next, typesOf([next]).intersection(missing));
    }
    chosen.add(next);
    gain.take(next);
    for (const candidate of left) if (candidate !== next && likeness.areNear(candidate, next)) nearTo.set(candidate, next);
    left = left.filter((candidate) => candidate !== next && !nearTo.has(candidate));
  }
  return { chosen, gain, forTypes, gaveWay, nearTo };
}

/** The favourite if the places behind it are enough for the types that are missing; else the first one of those that show them. */
function givingWay<C extends SelectionCandidate>(
  favourite: C,
  left: readonly C[],
  { places, missing }: { readonly places: number; readonly missing: ReadonlySet<string> },
): C {
  const behind = greedyCover(left, missing.difference(typesOf([favourite])));
  return behind.length < places ? favourite : (greedyCover(left, missing)[0] ?? favourite);
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

function reasonsOf<C extends SelectionCandidate>(
  ranked: readonly C[],
  k: number,
  { chosen, gain, forTypes, gaveWay, nearTo }: Choice<C>,
  likeness: Likeness,
): Pick<Selected<C>, 'reasons' | 'leftOut'> {
  const list = (types: Iterable<string>) => [...types].join(', ');
  const allForTypes = list(new Set(Array.from(forTypes.values()).flatMap((types) => [...types])));
  const whyTaken = (candidate: C): string | undefined => {
    const types = forTypes.get(candidate);
    return types === undefined ? gain.explain?.(candidate).taken : `shows ${list(types)}`;
  };
  const whyLeftOut = (candidate: C): string => {
    const near = nearTo.get(candidate);
    if (near !== undefined) return `is a near-duplicate of ${near.sentence.id}`;
    const byGain = gaveWay.has(candidate) ? undefined : gain.explain?.(candidate).leftOut;
    return likeness.toQuery(candidate) ?? byGain ?? `gives way to what shows ${allForTypes}`;
  };
  const first = ranked.slice(0, k).filter((candidate) => !chosen.has(candidate));
  const behind = ranked.slice(k).filter((candidate) => chosen.has(candidate));
  return {
    leftOut: new Map(first.map((candidate) => [candidate, whyLeftOut(candidate)])),
    reasons: new Map(behind.flatMap((candidate) => [whyTaken(candidate) ?? []].flat().map((reason) => [candidate, reason]))),
  };
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
