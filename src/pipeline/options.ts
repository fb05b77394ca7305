import type { EntityType } from '../document/entity-type.ts';
import type { LabelledSentence, LabelledText } from '../document/labelled.ts';
import { usageError } from '../error.ts';
import type { Embedder } from '../model/embedder.ts';
import type { LanguageModel } from '../model/language-model.ts';
import { type DemonstrationSelection, type Retriever, retrievers } from '../pool/demonstration.ts';
import type { SpanWeigher } from '../pool/part-of-speech.ts';
import type { PreparedPool } from '../pool/prepared-pool.ts';
import { type CandidateSpans, candidateSpanSources, type QuerySpans, querySpanSources } from '../pool/span-sources.ts';
import { isSpanWeights, largestSpanWeight, namedSpanWeights, type SpanWeights } from '../pool/span-weights.ts';
import { type Combination, combinations } from './combination.ts';
import type { Aim } from './decide/threshold.ts';
import { type DocumentAgreement, documentAgreements } from './document-agreement.ts';
import type { Calibration } from './observation.ts';
import { type Voting, votings } from './vote.ts';

/** A model by its URI (opened and released by the recognizer), or one that is open already (and stays its owner's). */
export type ModelSource = string | LanguageModel;

/** A labelled sentence of a pool; without an id it is called `pool:` and its place, from 1. */
export type PoolSentence = LabelledText & { readonly id?: string };

/** The names of all {@link Preset}. */
export const presetNames = ['paper', 'balanced', 'fast'] as const;

/**
 * A choice of options at once:
 * - `paper`: as in EL4NER, as far as it is known: pre-extraction by the models on both sides, one equal vote each, the first member verifies;
 * - `balanced`: `sparing`, which finds the same entities by fewer calls, with a calibration hardly others;
 * - `fast`: one call a member and text: entities with their types in one pass, joined by vote, demonstrations by the text's noun chunks.
 */
export type Preset = (typeof presetNames)[number];

/** What a recognizer is made of. Only `types` is required. */
export interface RecognizerOptions<T extends string = string> {
  /** The inventory. Given `as const`, it types the results. */
  readonly types: readonly (T | EntityType<T>)[];
  /** Options at once, in place of the defaults of those that are left out. Default: none, which asks all members all questions. */
  readonly preset?: Preset;
  /**
   * The ensemble; its order breaks ties. Default: the bundled nano models, and `pool:tagger` where a pool of at least 15 sentences has mentions of
   * the types, unless the preset is `paper` or there are weights for the bundled models alone.
   */
  readonly models?: readonly ModelSource[];
  /**
   * One weight a model, above 0: what its probabilities count in soft votes; hard ones that are equal in number they decide. Default: those
   * that the models bring, if each brings one, as the bundled ones and the tagger do; else 1 each.
   */
  readonly weights?: readonly number[];
  /** Labelled sentences to choose demonstrations from. Without any the recognizer works zero-shot. */
  readonly pool?: readonly PoolSentence[];
  /**
   * In place of `pool`: one that is prepared already, such as `openIndex` gives. It stays its owner's. Its spans are those that it was
   * prepared with, and `embedder` must be the one that it was prepared with.
   */
  readonly index?: PreparedPool;
  /** Demonstrations for each text. Default 5, as in a public re-implementation; the paper varies it. */
  readonly k?: number;
  /** How demonstrations are chosen. Default `span-similarity`, the paper's way; the others ask no model. */
  readonly retriever?: Retriever;
  /** Which of the best ranked are demonstrated. Default: the k best, but for one that is the text itself. */
  readonly selection?: DemonstrationSelection;
  /**
   * The most that demonstrations may take of any model, in its tokens (of a server's, by an estimate of one for three UTF-8 bytes). Default: as
   * many as fit the smallest context beside text and reply. There are fewer than k where k take more.
   */
  readonly demonstrationTokens?: number;
  /** Of the random retriever, a whole number. Default 0. */
  readonly seed?: number;
  /** Which spans stand for a pool sentence in SpanSim. Default `gold`; `models` is the paper's way: one call a model and pool sentence at the start. */
  readonly candidateSpans?: CandidateSpans;
  /**
   * Which spans stand for a text in SpanSim. Default: `chunks` where they stand for the pool, else `models`, the paper's way: one call a model
   * and text.
   */
  readonly querySpans?: QuerySpans;
  /** Compares spans in retrieval. Default: `wordEmbedder()`. It stays its owner's. */
  readonly embedder?: Embedder;
  /** How much a span of a text counts in retrieval. Default `part-of-speech`, the paper's way. */
  readonly weigher?: SpanWeights | SpanWeigher;
  /**
   * Whether members find and type mentions in two stages (the paper's way), or in one joint pass, which saves calls and is what a single
   * model does without a pipeline. Default `stages`.
   */
  readonly passes?: 'stages' | 'joint';
  /** How the members' spans are combined. Default `union`, the paper's way. `rescue` is for the stages alone. */
  readonly combination?: Combination;
  /**
   * Whether spans that nobody proposed are asked about, too, where the labels of the pool make them likely; for the stages alone. Default
   * false, the paper's way.
   */
  readonly reflection?: boolean;
  /**
   * How votes on a type, and those of several verifiers, are counted: `hard`, one each (the paper's way), or `soft`, by the members'
   * probabilities and weights as far as their runtimes tell probabilities. Default `soft`.
   */
  readonly voting?: Voting;
  /**
   * What the members' answers on labelled sentences show of whom to trust; it must be of these models, in this order, and of these types. In place
   * of `voting`, `noneVotes` and `verifyThreshold` it decides on types and mentions, and scores are probabilities.
   */
  readonly calibration?: Calibration;
  /** With a calibration: what its thresholds are chosen for. Default `f1`. */
  readonly aim?: Aim;
  /** Whether the answer "none" can win the vote on a type. Default true. */
  readonly noneVotes?: boolean;
  /**
   * Who verifies: a member by its URI, another model, `all` members by vote, or nobody. Default `all`.
   * Deviation: how the paper picks its verifier is not known; `all` asks each member once more.
   */
  readonly verifier?: ModelSource | 'all' | 'nobody';
  /** Least probability of yes that passes verification, in [0, 1]. Default 0.5; soft votes hold their mean against it. */
  readonly verifyThreshold?: number;
  /**
   * Whether members are not asked whose answers could change no entity: votes on types that are decided, verdicts on what is kept or dropped whatever
   * they say. With a calibration, verdicts that changed at most 1 % of like cases. Scores are then those of who was asked; with `minScore` or
   * `onReject: 'retype'` everybody is asked. Default false.
   */
  readonly sparing?: boolean;
  /** Least score of an entity that is kept, in [0, 1]; see `Entity.score`. Default 0. */
  readonly minScore?: number;
  /** What becomes of a mention that verification denies. Default `drop`, the paper's way. */
  readonly onReject?: 'drop' | 'retype';
  /** Whether mentions may overlap in the result. Default `flat`. */
  readonly overlaps?: 'flat' | 'nested';
  /**
   * How many members must give a usable answer in each stage, from 1 to the size of the ensemble. Default 1. A single verifier need
   * not: if it fails, mentions pass unverified and the document is degraded.
   */
  readonly quorum?: number;
  /** Longest text given to models at once, in UTF-16 code units; longer ones are cut between sentences. Default: what the members take. */
  readonly textLimit?: number;
  /**
   * Length to which sentences of a longer text are put together into one window, in UTF-16 code units. Default: up to which all members are at their
   * best, as far as they tell (400 for the bundled models), else `textLimit`.
   * Deviation: the paper has single sentences.
   */
  readonly windowLength?: number;
  /**
   * Sentences with which a window of a long text repeats the one before, so that what stands at an edge is also seen with what comes next to it;
   * where both found something, the window with more text around it decides. Default 0: with the bundled models it was not worth its tokens. Windows of
   * one sentence that is longer than `textLimit` always share a quarter.
   */
  readonly windowOverlap?: number;
  /**
   * What is done about a string that a document has as several types: nothing, told as a disagreement, or, told, given the type of most of its
   * mentions. Default `none`.
   */
  readonly documentAgreement?: DocumentAgreement;
  /**
   * Longest time for one text, in seconds, waiting for models included; a text that takes longer fails with `over-budget`, and others go on.
   * Default: no limit but those of the models.
   */
  readonly documentTimeout?: number;
  /**
   * Most tokens for one text, those of all prompts and replies of all members together, kept answers included; a text that takes more fails
   * with `over-budget` at the end of the round of asking that took them, and others go on. Default: any number.
   */
  readonly documentTokens?: number;
  /** Whether telemetry holds texts, prompts, replies and messages of errors, which may quote them. Default false. */
  readonly recordContent?: boolean;
  /** Called while the pool is prepared. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Options with a closed set of values, which JavaScript and configuration files may miss. */
const choices = {
  preset: presetNames,
  retriever: retrievers,
  candidateSpans: candidateSpanSources,
  querySpans: querySpanSources,
  passes: ['stages', 'joint'],
  combination: combinations,
  voting: votings,
  onReject: ['drop', 'retype'],
  overlaps: ['flat', 'nested'],
  documentAgreement: documentAgreements,
} as const satisfies Partial<Record<keyof RecognizerOptions, readonly string[]>>;

/** Some of the options, left out or `undefined`. */
export type Said<K extends keyof RecognizerOptions> = { readonly [Key in K]?: RecognizerOptions[Key] | undefined };

/**
 * Checks what types alone cannot, as far as it needs no open model.
 * @throws {NerError} `usage`
 */
export function checkOptions(options: RecognizerOptions): void {
  const { models, weights = [], k, seed, textLimit, weigher, pool = [] } = options;
  if (options.index !== undefined && options.pool !== undefined) throw usageError('There are both pool and index; expected one of them.');
  if (options.index !== undefined && options.candidateSpans !== undefined) {
    throw usageError('candidateSpans is chosen when an index is built; leave it out, or build the index anew with it.');
  }
  if (models?.length === 0) throw usageError('models is empty; expected at least one, or leave it out for the bundled ensemble.');
  if (options.passes === 'joint' && (options.combination === 'rescue' || options.reflection))
    throw usageError('The combination rescue and reflection are for the stages; leave them out with joint passes.');
  if (options.reflection && pool.length === 0 && options.index === undefined)
    throw usageError('Reflection looks at the labels of a pool; expected pool or index.');
  whole('k', k, 0);
  whole('seed', seed, 0);
  whole('textLimit', textLimit, 1);
  whole('windowLength', options.windowLength, 1);
  whole('windowOverlap', options.windowOverlap, 0);
  whole('demonstrationTokens', options.demonstrationTokens, 0);
  whole('documentTokens', options.documentTokens, 1);
  checkTimeout(options.documentTimeout);
  checkSelection(options);
  share('verifyThreshold', options.verifyThreshold);
  share('minScore', options.minScore);
  checkAim(options);
  if (!weights.every((weight) => weight > 0 && Number.isFinite(weight)))
    throw usageError('Every weight of a model must be a number above 0.');
  if (weigher !== undefined && typeof weigher !== 'function' && !isSpanWeights(weigher)) {
    const names = namedSpanWeights.map((name) => `"${name}"`).join(', ');
    throw usageError(
      `weigher is ${JSON.stringify(weigher)}; expected ${names}, weights from 0 to ${largestSpanWeight} such as {"noun": 3}, or a function.`,
    );
  }
  for (const [name, allowed] of Object.entries(choices)) {
    const value: unknown = options[name as keyof typeof choices]; // the names are those of `choices`
    if (value !== undefined && !allowed.some((choice) => choice === value)) {
      throw usageError(`${name} is ${JSON.stringify(value)}; expected ${allowed.map((choice) => `"${choice}"`).join(' or ')}.`);
    }
  }
  for (const [index, sentence] of pool.entries()) checkSpans(poolSentence(sentence, index));
}

/** Node's timers take no more than 24 days. */
function checkTimeout(seconds: number | undefined): void {
  if (seconds === undefined || (seconds > 0 && seconds <= 86_400)) return;
  throw usageError(`documentTimeout is ${seconds}; expected a number of seconds above 0, at most 86400.`);
}

function checkAim({ aim, calibration }: RecognizerOptions): void {
  if (aim === undefined) return;
  if (calibration === undefined) throw usageError('An aim sets the thresholds of a calibration; expected a calibration beside it.');
  if (aim === 'f1' || aim === 'macro-f1') return;
  const [[name, least] = ['', undefined], ...others] = typeof aim === 'object' && aim !== null ? Object.entries(aim) : [];
  if (others.length > 0 || !['precision', 'recall'].includes(name) || typeof least !== 'number')
    throw usageError(`aim is ${JSON.stringify(aim)}; expected "f1", "macro-f1", {"precision": 0.9} or {"recall": 0.9}.`);
  share('aim', least);
}

/** @throws {NerError} `usage` */
export function checkSelection({
  selection = {},
  retriever = 'span-similarity',
}: Pick<RecognizerOptions, 'selection' | 'retriever'>): void {
  const { diversity, nearDuplicates, coverSpans } = selection;
  share('selection.diversity', diversity);
  if (nearDuplicates !== undefined && !(nearDuplicates > 0 && nearDuplicates <= 1)) {
    throw usageError(`selection.nearDuplicates is ${nearDuplicates}; expected a number above 0, at most 1.`);
  }
  if (coverSpans && retriever !== 'span-similarity') {
    throw usageError(
      `Covering spans needs a retriever that compares them. Choose "span-similarity", or "${retriever}" without coverSpans.`,
    );
  }
}

/** The sentence with an id. */
export function poolSentence(sentence: PoolSentence, index: number): LabelledSentence {
  return { ...sentence, id: sentence.id ?? `pool:${index + 1}` };
}

function checkSpans({ id, text, entities }: LabelledSentence): void {
  const wrong = entities.find(
    ({ start, end }) => !(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= text.length),
  );
  if (wrong === undefined) return;
  throw usageError(
    `The pool sentence ${id} has an entity from ${wrong.start} to ${wrong.end}; expected offsets in its text of ${text.length} code units.`,
  );
}

function share(name: string, value: number | undefined): void {
  if (value === undefined || (value >= 0 && value <= 1)) return;
  throw usageError(`${name} is ${value}; expected a number from 0 to 1.`);
}

/**
 * @throws {NerError} `usage` if `value` is given and no whole number from `least` to `most`.
 */
export function whole(name: string, value: number | undefined, least: number, most = Number.MAX_SAFE_INTEGER): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  const range = most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `from ${least} to ${most}`;
  throw usageError(`${name} is ${value}; expected a whole number ${range}.`);
}
