import type { Document } from '../document/document.ts';
import type { EntityType } from '../document/entity-type.ts';
import type { Rejected, Verified } from '../document/mention.ts';
import type { Embedder } from '../model/embedder.ts';
import type { DocumentBudget } from './budget.ts';
import { classify } from './classify/classify.ts';
import type { Decider } from './decide/decider.ts';
import { weightIn } from './ensemble.ts';
import { extract } from './extract/extract.ts';
import type { Reflection } from './extract/reflection.ts';
import { extractJointly } from './joint/joint.ts';
import { everybody, type OpenMembers } from './members.ts';
import type { RecognizerOptions } from './options.ts';
import { resolveOverlaps } from './resolve.ts';
import type { DemonstrationIndex } from './retrieve/rank.ts';
import { retrieve } from './retrieve/retrieve.ts';
import { inStage, type Stage } from './telemetry/document.ts';
import type { Decision, TracedDocument } from './traced-document.ts';
import { dropUnsure } from './verify/least-score.ts';
import { passUnverified, verify } from './verify/verify.ts';

/** Settings with every default filled in, and what they stand on. */
export interface Pipeline<T extends string> {
  readonly types: readonly EntityType<T>[];
  readonly members: OpenMembers;
  readonly index: DemonstrationIndex | undefined;
  readonly demonstrationTokens: number | undefined;
  readonly budget: DocumentBudget;
  readonly decider: Decider | undefined;
  readonly reflection: Reflection | undefined;
  readonly embedder: () => Promise<Embedder>;
  readonly settings: Required<
    Pick<
      RecognizerOptions<T>,
      | 'k'
      | 'selection'
      | 'passes'
      | 'combination'
      | 'voting'
      | 'noneVotes'
      | 'verifyThreshold'
      | 'minScore'
      | 'onReject'
      | 'overlaps'
      | 'textLimit'
      | 'windowLength'
      | 'windowOverlap'
      | 'documentAgreement'
      | 'sparing'
    >
  >;
}

/**
 * The paper's four stages in their order; the joint pass stands for the second and third.
 * @param onStage - is told of each when it is done.
 */
export async function runStages<T extends string>(
  { types, members, index, demonstrationTokens, decider, reflection, embedder, settings }: Pipeline<T>,
  document: Document<never>,
  onStage: (stage: Stage, document: TracedDocument) => void,
  signal: AbortSignal,
): Promise<TracedDocument<Verified | Rejected>> {
  const step = async <D extends TracedDocument>(stage: Stage, run: () => Promise<D>): Promise<D> => {
    const done = await inStage(stage, run, signal);
    onStage(stage, done);
    return done;
  };
  const { ensemble, verifiers } = members;
  const { k, selection } = settings;
  const models = everybody(members);
  const retrieving = { index, types, k, selection, models, demonstrationTokens };
  const prompted = await step('retrieve', () => retrieve(document, ensemble, retrieving, signal));
  const inStages = async () => {
    const extracted = await step('extract', () => extract(prompted, ensemble, { ...settings, reflection, embedder }, signal));
    return step('classify', () => classify(extracted, ensemble, { ...settings, decider }, signal));
  };
  const classified =
    settings.passes === 'joint' ? await step('joint', () => extractJointly(prompted, ensemble, settings, signal)) : await inStages();
  const counting = { voting: settings.voting, weightOf: weightIn(ensemble) };
  const verifying = { ...settings, threshold: settings.verifyThreshold, counting, decider };
  const verified =
    verifiers === undefined ? passUnverified(classified) : await step('verify', () => verify(classified, verifiers, verifying, signal));
  const sure = dropUnsure(verified, settings.minScore);
  const resolved = settings.overlaps === 'flat' ? resolveOverlaps(sure) : sure;
  return { ...resolved, decision: decisionOf(types, members, { decider, settings }) };
}

function decisionOf(
  types: readonly EntityType[],
  { ensemble: { members } }: OpenMembers,
  { decider, settings }: Pick<Pipeline<string>, 'decider' | 'settings'>,
): Decision {
  if (decider !== undefined)
    return { by: 'calibration', thresholds: Object.fromEntries(types.map(({ name }) => [name, decider.threshold(name)])) };
  return {
    by: 'votes',
    votesOnTypes: settings.passes === 'joint' ? 'hard' : settings.voting,
    verdicts: settings.voting,
    weights: Object.fromEntries(members.map(({ model, weight }) => [model.id, weight])),
    threshold: settings.verifyThreshold,
  };
}
