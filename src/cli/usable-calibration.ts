import type { EntityType } from '../document/entity-type.ts';
import { usageError } from '../error.ts';
import { readCalibrations, type StoredCalibration } from '../experiment/calibration-file.ts';
import { hashOf, modelIdentity } from '../experiment/manifest.ts';
import { modelId } from '../model/open.ts';
import type { ModelSource, RecognizerOptions } from '../pipeline/options.ts';
import type { OpenIndex } from '../pool/index/open-index.ts';
import { taggerIdentity } from '../pool/tagger/tagger-member.ts';
import type { ExtractFlags } from './flags.ts';
import { flagName } from './flags.ts';
import type { Terminal } from './terminal.ts';

/** What an option is called by whoever gave it. */
type OptionName = (key: string) => string;

/** Who asks: is told why votes decide, and has names of its own for what it asked for. */
interface CalibrationAsker extends Pick<Terminal, 'note'> {
  /** Default: its flag. */
  readonly optionName?: OptionName;
  /** What the pool is called. Default: its path. */
  readonly poolName?: string | undefined;
}

/** A calibration that an ensemble is to decide by. */
export interface UsableCalibration {
  /** URIs of the members. */
  readonly members: readonly string[];
  readonly options: Pick<RecognizerOptions, 'calibration' | 'k'>;
  /**
   * To be called once the members are open.
   * @throws {NerError} `usage` if one has changed since.
   */
  check(models: readonly ModelSource[]): Promise<void>;
}

type AskingFlags = Partial<
  Pick<
    ExtractFlags,
    | 'pool'
    | 'preset'
    | 'decision'
    | 'models'
    | 'k'
    | 'verifier'
    | 'voting'
    | 'weights'
    | 'combination'
    | 'onReject'
    | 'reflection'
    | OtherDemonstrations
  >
>;
type OtherDemonstrations = (typeof otherDemonstrations)[number];
/** Flags that make other demonstrations than those that members were asked with. */
const otherDemonstrations = [
  'retriever',
  'querySpans',
  'spanWeights',
  'coverTypes',
  'coverSpans',
  'diversity',
  'nearDuplicates',
  'allowQuery',
  'demonstrationTokens',
] as const;

/**
 * The calibration beside an index of what is asked for, the latest if there are several. If there is none, votes decide, and a note says why.
 * @throws {NerError} `usage` if one is asked for and none can be used.
 */
export async function usableCalibration(
  flags: AskingFlags,
  { index, types }: { readonly index?: OpenIndex; readonly types: readonly EntityType[] },
  asker: CalibrationAsker,
): Promise<UsableCalibration | undefined> {
  const { pool, decision } = flags;
  const { optionName = flagName, poolName = pool } = asker;
  if (decision === 'votes') return undefined;
  const stored = index === undefined || pool === undefined ? [] : await readCalibrations(pool);
  const obstacles: string[] = [];
  for (const one of index === undefined ? [] : stored) {
    const obstacle = index && obstacleTo(one, flags, { index, types, optionName });
    if (obstacle === undefined) return usable(one, optionName);
    obstacles.push(obstacle);
  }
  const [latest = poolName === undefined ? `no ${optionName('pool')} came` : `${poolName} has no calibration`] = obstacles;
  if (decision === 'calibrated') throw usageError(`${optionName('decision')} calibrated cannot be met: ${latest}.`);
  if (obstacles.length > 0)
    asker.note(
      `The calibration of ${poolName} is not used: ${latest}. Votes decide, ${flags.models === undefined ? 'of the usual ensemble' : 'of the models named'}.`,
    );
  return undefined;
}

/** Fewer spans say too little of whom to trust. */
const fewestSpans = 20;

/** What a calibration has against what is asked for; `undefined` if nothing. */
function obstacleTo(
  { identity, calibration, isComplete }: StoredCalibration,
  flags: AskingFlags,
  { index, types, optionName }: { readonly index: OpenIndex; readonly types: readonly EntityType[]; readonly optionName: OptionName },
): string | undefined {
  const { preset, models, k, verifier, voting, weights, combination, onReject, reflection } = flags;
  const given = (options: Readonly<Record<string, unknown>>): readonly string[] =>
    Object.entries(options).flatMap(([key, value]) => (value === undefined ? [] : [optionName(key)]));
  const asksForVotes = given({
    voting,
    weights,
    ...(preset === 'balanced' ? {} : { preset }),
    ...(verifier === 'all' ? {} : { verifier }),
  });
  if (asksForVotes.length > 0) return `${asksForVotes.join(' and ')} ${asksForVotes.length === 1 ? 'asks' : 'ask'} for votes`;
  const otherPipeline = given({
    ...(combination === 'union' ? {} : { combination }),
    ...(onReject === 'drop' ? {} : { onReject }),
    reflection,
  });
  if (otherPipeline.length > 0) return `with ${otherPipeline.join(' and ')} other spans are decided about than it is of`;
  const others = given(Object.fromEntries(otherDemonstrations.map((key) => [key, flags[key]])));
  if (others.length > 0) return `with ${others.join(' and ')} the members see other demonstrations than it is of`;
  if (identity.sentences !== index.manifest.files.sentences.name) return 'the pool has changed since; run "el4ner calibrate" again';
  const names = types.map(({ name }) => name);
  if (!isEqual(names, identity.types)) return `it is of the types ${identity.types.join(', ')}, and asked for are ${names.join(', ')}`;
  if (identity.inventory !== hashOf(types)) return 'it is of other definitions of the types';
  if (models !== undefined && !isEqual(models.map(modelId), calibration.members))
    return `it is of the models ${calibration.members.join(',')}`;
  if (k !== undefined && k !== identity.k) return `it is of ${optionName('k')} ${identity.k}`;
  if (!isComplete) return `it has only ${calibration.sentences.length} sentences yet; run "el4ner calibrate" again, which goes on`;
  const spans = calibration.sentences.reduce((sum, sentence) => sum + sentence.spans.length, 0);
  return spans < fewestSpans ? `it stands on ${spans} spans; expected ${fewestSpans}: label or ask about more sentences` : undefined;
}

function usable({ identity, calibration }: StoredCalibration, optionName: OptionName): UsableCalibration {
  return {
    members: calibration.members,
    options: { calibration, k: identity.k },
    async check(models) {
      const now = await Promise.all(models.map((model) => (typeof model === 'string' ? taggerIdentity : modelIdentity(model))));
      const changed = identity.members.filter((member, at) => !isEqual(member, now[at])).map(({ id }) => id);
      if (changed.length === 0) return;
      throw usageError(
        `${changed.join(' and ')} ${changed.length === 1 ? 'is' : 'are'} not what was calibrated: another file or another dialect. Run "el4ner calibrate" again, or give ${optionName('decision')} votes.`,
      );
    },
  };
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
