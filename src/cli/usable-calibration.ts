import type { EntityType } from '../document/entity-type.ts';
import { usageError } from '../error.ts';
import { readCalibration, type StoredCalibration } from '../experiment/calibration-file.ts';
import { modelIdentity } from '../experiment/manifest.ts';
import type { ModelSource, RecognizerOptions } from '../pipeline/options.ts';
import type { OpenIndex } from '../pool/index/open-index.ts';
import { taggerIdentity } from '../pool/tagger/tagger-member.ts';
import type { ExtractFlags } from './flags.ts';
import { flagName } from './flags.ts';
import type { Terminal } from './terminal.ts';

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

type AskingFlags = Pick<ExtractFlags, 'pool' | 'decision' | 'models' | 'k' | 'verifier' | 'voting' | 'weights'>;

/**
 * The calibration beside an index, if there is one of what is asked for. If not, votes decide, and a note says why.
 * @throws {NerError} `usage` if it is asked for and cannot be used.
 */
export async function usableCalibration(
  flags: AskingFlags,
  { index, types }: { readonly index?: OpenIndex; readonly types: readonly EntityType[] },
  terminal: Pick<Terminal, 'note'>,
): Promise<UsableCalibration | undefined> {
  const { pool, decision } = flags;
  if (decision === 'votes') return undefined;
  const stored = index === undefined || pool === undefined ? undefined : await readCalibration(pool);
  const obstacle =
    stored === undefined || index === undefined ? 'there is none beside the pool' : obstacleTo(stored, flags, { index, types });
  if (obstacle === undefined && stored !== undefined) return usable(stored);
  if (decision === 'calibrated')
    throw usageError(`The calibration cannot be used: ${obstacle}. Run "el4ner calibrate", or leave out --decision calibrated.`);
  if (stored !== undefined) terminal.note(`The calibration of ${pool} is not used, and votes decide: ${obstacle}.`);
  return undefined;
}

/** What a calibration has against what is asked for; `undefined` if nothing. */
function obstacleTo(
  { identity, calibration }: StoredCalibration,
  flags: AskingFlags,
  { index, types }: { readonly index: OpenIndex; readonly types: readonly EntityType[] },
): string | undefined {
  const { models, k, verifier, voting, weights } = flags;
  const others = Object.entries({ verifier, voting, weights }).flatMap(([key, value]) => (value === undefined ? [] : [flagName(key)]));
  if (others.length > 0) return `${others.join(' and ')} ${others.length === 1 ? 'asks' : 'ask'} for votes`;
  if (identity.sentences !== index.manifest.files.sentences.name) return 'the pool has changed since; run "el4ner calibrate" again';
  const names = types.map(({ name }) => name);
  if (!isEqual(names, identity.types)) return `it is of the types ${identity.types.join(', ')}, and asked for are ${names.join(', ')}`;
  if (models !== undefined && !isEqual(models, calibration.members)) return `it is of the models ${calibration.members.join(',')}`;
  if (k !== undefined && k !== identity.k) return `it is of ${identity.k} demonstrations`;
  if (calibration.sentences.length === 0) return 'it has no sentence yet; run "el4ner calibrate" again';
  return undefined;
}

function usable({ identity, calibration }: StoredCalibration): UsableCalibration {
  return {
    members: calibration.members,
    options: { calibration, k: identity.k },
    async check(models) {
      const now = await Promise.all(models.map((model) => (typeof model === 'string' ? taggerIdentity : modelIdentity(model))));
      const changed = identity.members.filter((member, at) => !isEqual(member, now[at])).map(({ id }) => id);
      if (changed.length === 0) return;
      throw usageError(
        `${changed.join(' and ')} ${changed.length === 1 ? 'is' : 'are'} not what was calibrated: another file or another dialect. Run "el4ner calibrate" again, or give --decision votes.`,
      );
    },
  };
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
