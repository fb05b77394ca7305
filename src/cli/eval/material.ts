import { usageError } from '../../error.ts';
import { sampleSentences } from '../../experiment/experiment.ts';
import { hashOf, type Identity, modelIdentity } from '../../experiment/manifest.ts';
import type { Material } from '../../experiment/run.ts';
import type { LanguageModel } from '../../model/language-model.ts';
import { modelId } from '../../model/open.ts';
import { remembering } from '../../model/remember.ts';
import { checkIndex } from '../../pipeline/check-index.ts';
import { openTagger } from '../../pipeline/open-tagger.ts';
import { usualModels } from '../../pipeline/usual-models.ts';
import { openEmbedder } from '../../pool/open-embedder.ts';
import { sentencesOf } from '../../pool/prepared-pool.ts';
import { taggerId } from '../../pool/tagger/tagger-member.ts';
import type { EvalFlags } from '../flags.ts';
import { inventory } from '../inventory.ts';
import { openMember } from '../open-ensemble.ts';
import { labelsOf, noPool, type OpenedPool, openPool, readTestData } from '../pool.ts';
import { withSelection } from '../selection-flags.ts';
import type { Terminal } from '../terminal.ts';
import { usableCalibration } from '../usable-calibration.ts';
import { packageVersion } from '../version.ts';
import { scoredGold, strangersNote } from './gold.ts';

/** What an experiment runs on, and what tells it from others. */
export interface Gathered {
  readonly material: Material;
  readonly identity: Identity;
}

/**
 * Reads the sets, says what is odd about them, and opens index, embedder and models.
 * @param path - of the data to score.
 * @param opened - gets what was opened, to release it.
 */
export async function gather(path: string, flags: EvalFlags, opened: AsyncDisposableStack, terminal: Terminal): Promise<Gathered> {
  const { seed, limit } = flags;
  const all = await readTestData(path, terminal);
  const wholePool = flags.pool === undefined ? noPool : await openPool(flags.pool, flags, opened, terminal);
  const embedder = opened.use(await openEmbedder(flags.embedder ?? wholePool.index?.embedder, { environment: terminal.environment }));
  if (wholePool.index !== undefined) checkIndex(wholePool.index, embedder);
  // Of the whole set: the types of a sample would tell the models what is in it.
  const types = await inventory(flags.types, [...wholePool.labels, ...labelsOf(all)]);
  const sample = sampleSentences(all, limit, seed);
  const pool = sampledPool(wholePool, flags);
  const { data, notes } = scoredGold(sample, types);
  const strangers = strangersNote(wholePool.labels, labelsOf(all));
  for (const note of strangers === undefined ? notes : [...notes, strangers]) terminal.note(note);
  // What an ablation changes is no longer what a calibration is of, so that votes decide in all of it.
  if (flags.ablate && flags.decision === 'calibrated') throw usageError('--ablate compares ways to vote; leave out --decision calibrated.');
  if (flags.ablate && flags.aim !== undefined) throw usageError('--ablate compares ways to vote, which have no aim; leave out --aim.');
  const decision = flags.ablate ? { decision: 'votes' as const } : {};
  const trusted = await usableCalibration({ ...flags, ...decision }, { ...wholePool, types }, terminal);
  const members = flags.models ?? trusted?.members ?? (await usualModels(flags, { ...pool, types }));
  const system = await openSystem(members, flags, opened, terminal);
  const { models } = system;
  const options = { ...system.options, ...trusted?.options };
  await trusted?.check(options.models.map((uri) => models.get(uri) ?? uri));
  if ([...options.models, options.verifier].includes(taggerId)) {
    const onProgress = (done: number, total: number) => terminal.progress(`Training ${taggerId}: ${done} of ${total} steps`);
    // Once for all systems.
    models.set(taggerId, await openTagger({ types, ...pool, onProgress }, { types, embedder: async () => embedder }, terminal.signal));
  }
  const identity: Identity = {
    version: await packageVersion(),
    models: await Promise.all(Array.from(models.values(), modelIdentity)),
    data: hashOf(sample),
    pool: hashOf(pool.index === undefined ? (pool.pool ?? []) : sentencesOf(pool.index)),
    index: pool.index?.manifest ?? null,
    embedder: embedder.id,
    types: types.map(({ name }) => name),
    inventory: hashOf(types),
    limit: limit ?? null,
    seed,
    options: trusted === undefined ? options : { ...options, calibration: hashOf(options.calibration) },
  };
  return { material: { types, data, pool, embedder, models, options }, identity };
}

/** The pool as a recognizer takes it, with no more sentences than are asked for. */
function sampledPool({ pool, index }: OpenedPool, { poolLimit, seed }: EvalFlags): Omit<OpenedPool, 'labels'> {
  if (pool === undefined) return index === undefined ? {} : { index };
  return { pool: poolLimit === undefined ? pool : sampleSentences(pool, poolLimit, seed) };
}

/** Flags that are options of the recognizer under the same name. */
const passedOn = [
  'preset',
  'verifier',
  'k',
  'retriever',
  'candidateSpans',
  'querySpans',
  'weights',
  'voting',
  'combination',
  'reflection',
  'onReject',
  'aim',
  'minScore',
  'sparing',
  'selection',
  'demonstrationTokens',
  'overlaps',
  'windowLength',
  'windowOverlap',
  'documentAgreement',
] as const;

function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.filter((key) => key in from).map((key) => [key, from[key]])) as Pick<T, K>; // of the keys that are there
}

/** The full system. Its models remember what they answered, so that systems which ask the same share the answer. */
async function openSystem(
  members: readonly string[],
  flags: EvalFlags,
  opened: AsyncDisposableStack,
  terminal: Terminal,
): Promise<{ readonly models: Map<string, LanguageModel>; readonly options: Material['options'] }> {
  const flagged = withSelection(flags);
  const { seed, timeout, cache, verifier, spanWeights } = flagged;
  const opening = { ...(timeout === undefined ? {} : { timeout }), ...(cache === undefined ? {} : { cache }) };
  const others = verifier === undefined || ['all', 'nobody', ...members.map(modelId)].includes(modelId(verifier)) ? [] : [verifier];
  const models = new Map<string, LanguageModel>();
  for (const uri of [...members, ...others]) {
    if (uri === taggerId) continue;
    // Its disposal, unlike that of the model, ends the work that its askers share.
    models.set(uri, opened.use(remembering(await openMember(uri, opening, opened, terminal))));
  }
  const options = {
    models: members,
    seed,
    ...pick(flagged, passedOn),
    ...(spanWeights === undefined ? {} : { weigher: spanWeights }),
  };
  return { models, options };
}
