import type { RecognizerOptions } from '../pipeline/options.ts';
import type { DemonstrationSelection } from '../pool/demonstration.ts';
import { taggerId } from '../pool/tagger/tagger-member.ts';

/** How a system differs from the full one. */
type Variation = Pick<
  RecognizerOptions,
  | 'preset'
  | 'models'
  | 'weights'
  | 'verifier'
  | 'voting'
  | 'combination'
  | 'reflection'
  | 'onReject'
  | 'k'
  | 'passes'
  | 'retriever'
  | 'selection'
>;

/** One row of a comparison: a name that scripts may rely on, and the options that make the difference. */
export interface System {
  readonly name: string;
  readonly variation: Variation;
  /** Whether votes decide in it even where the full system has a calibration, which is not of it. */
  readonly byVotes?: true;
}

/** Numbers of demonstrations that an ablation compares. */
const demonstrationCounts = [0, 1, 2, 4, 8, 16];

/** One pass, with what it cannot have left out. */
const jointly: Variation = { passes: 'joint', combination: 'union', reflection: false };

/** The full system alone, as the options have it. */
export const fullSystem: System = { name: 'full', variation: {} };

/**
 * The full system and the presets; the paper's is of language models alone.
 * @param members - URIs of the ensemble, in order.
 */
export function presetSystems(members: readonly string[]): readonly System[] {
  const own = papersMembers(members);
  const models = own.length < members.length ? { models: own, weights: own.map(() => 1) } : {};
  return [
    fullSystem,
    { name: 'preset:paper', variation: { preset: 'paper', ...models }, byVotes: true },
    { name: 'preset:balanced', variation: { preset: 'balanced' } },
    { name: 'preset:fast', variation: { preset: 'fast', ...jointly }, byVotes: true },
  ];
}

/** Language models, if there are any. */
function papersMembers(members: readonly string[]): readonly string[] {
  const models = members.filter((member) => member !== taggerId);
  return models.length > 0 ? models : members;
}

/**
 * The full system and what becomes of it when one thing changes: each member alone in one joint pass and alone through the stages,
 * without verification and with each other verifier, votes that count one each, the paper's way (these votes, equal weights, language models
 * alone and the first of them as the verifier), other demonstrations, other combinations of spans, other numbers of demonstrations. Other retrievers choose as
 * the full system does, but for spans, which they do not compare.
 * @param members - URIs of the ensemble, in order.
 * @param selection - of the full system.
 */
export function ablation(members: readonly string[], selection: DemonstrationSelection = {}, isPooled = true): readonly System[] {
  const { coverSpans, ...others } = selection;
  const withoutSpans: Variation = coverSpans ? { selection: others } : {};
  const alone = members.flatMap((member): System[] => [
    { name: `joint:${member}`, variation: { models: [member], weights: [1], verifier: 'nobody', ...jointly } },
    { name: `single:${member}`, variation: { models: [member], weights: [1], verifier: member } },
  ]);
  const paper = papersMembers(members);
  const verifiers = members.map((member): System => ({ name: `verifier:${member}`, variation: { verifier: member } }));
  return [
    fullSystem,
    ...alone.toSorted((a, b) => Number(b.name.startsWith('joint')) - Number(a.name.startsWith('joint'))),
    { name: 'no-verification', variation: { verifier: 'nobody' } },
    ...verifiers,
    { name: 'verifier:all', variation: { verifier: 'all' } },
    { name: 'hard-votes', variation: { voting: 'hard' } },
    {
      name: 'paper',
      variation: {
        voting: 'hard',
        weights: paper.map(() => 1),
        ...(paper.length < members.length ? { models: paper } : {}),
        ...(paper[0] === undefined ? {} : { verifier: paper[0] }),
      },
    },
    { name: 'random-demonstrations', variation: { retriever: 'random', ...withoutSpans } },
    { name: 'sentence-similarity', variation: { retriever: 'sentence-similarity', ...withoutSpans } },
    { name: 'majority', variation: { combination: 'majority' } },
    { name: 'intersection', variation: { combination: 'intersection' } },
    { name: 'rescue', variation: { combination: 'rescue' } },
    ...(isPooled ? [{ name: 'reflection', variation: { reflection: true } }] : []),
    { name: 'retype', variation: { onReject: 'retype' } },
    ...demonstrationCounts.map((k): System => ({ name: `k=${k}`, variation: { k } })),
  ];
}
