import type { EntityType } from '../../document/entity-type.ts';
import { usageError } from '../../error.ts';
import type { ModelSource, RecognizerOptions } from '../../pipeline/options.ts';
import { taggerJoins } from '../../pipeline/usual-models.ts';
import { taggerId } from '../../pool/tagger/tagger-member.ts';
import { pointed } from '../../server/problem.ts';
import type { Asked } from '../../server/service.ts';
import { noPool, type OpenedPool } from '../pool.ts';
import { usableCalibration } from '../usable-calibration.ts';
import { defined } from './defined.ts';
import type { NamedPool } from './pools.ts';

/** What a recognizer is made of. */
interface Material {
  readonly types: readonly EntityType[];
  readonly source: OpenedPool | NamedPool;
}

/** Who decides, and by what. */
type Members = Pick<RecognizerOptions, 'models' | 'verifier' | 'calibration' | 'k'>;

/**
 * Who decides on what is asked for, and by what: by the pool's calibration, where it is of that and of models that the server has; else by votes.
 * @param ensemble - of the server.
 * @throws {ProblemError} that points to models that the server has not, or that have nothing to say.
 */
export async function membersFor(asked: Asked, material: Material, ensemble: readonly ModelSource[]): Promise<Members> {
  const models = asked.models === undefined ? ensemble : modelsCalled(asked.models, ensemble, ['models']);
  const verifier = verifierFor(asked, material, ensemble);
  const calibrated = await calibratedMembers(asked, material, ensemble).catch((error: unknown) => {
    throw pointed(['options', 'decision'], error);
  });
  return { ...verifier, ...(calibrated ?? { models: taughtOf(models, asked, material) }) };
}

function idOf(model: ModelSource): string {
  return typeof model === 'string' ? model : model.id;
}

/**
 * The models with these names, in their order.
 * @param path - to the names, in the request.
 */
function modelsCalled(names: readonly string[], ensemble: readonly ModelSource[], path: readonly PropertyKey[]): readonly ModelSource[] {
  const unknown = names.filter((name) => !ensemble.some((model) => idOf(model) === name));
  if (unknown.length > 0)
    throw pointed(path, usageError(`The server has no model ${unknown.join(', ')}; expected some of ${ensemble.map(idOf).join(', ')}.`));
  const again = names.findIndex((name, at) => names.indexOf(name) < at);
  if (again !== -1) throw pointed([...path, again], usageError(`The model ${names[again]} is named twice; expected each once.`));
  return names.flatMap((name) => ensemble.filter((model) => idOf(model) === name));
}

function verifierFor({ options }: Asked, material: Material, ensemble: readonly ModelSource[]): Pick<Members, 'verifier'> {
  const name = options?.verifier;
  if (name === undefined) return {};
  const path = ['options', 'verifier'];
  const [verifier = name] = ['all', 'nobody'].includes(name) ? [name] : modelsCalled([name], ensemble, path);
  if (name === taggerId) checkTaught(material, path);
  return { verifier };
}

/** @throws {NerError} `usage` for a calibration that is asked for and cannot be used, or one of members that have changed. */
async function calibratedMembers(
  { models: names, options = {} }: Asked,
  { types, source }: Material,
  ensemble: readonly ModelSource[],
): Promise<Members | undefined> {
  // Whether a text may be its own demonstration makes no difference to others.
  const { selection: { allowQuery: _, ...selection } = {}, ...others } = options;
  const said = {
    ...defined(others),
    ...defined(selection),
    ...(names && { models: names }),
    ...('path' in source && { pool: source.path }),
  };
  const optionName = (key: string): string => {
    if (key === 'models' || key === 'pool') return key;
    return `options.${key in selection ? 'selection.' : ''}${key}`;
  };
  const asker = { note: () => undefined, optionName, poolName: nameOf(source) };
  const trusted = await usableCalibration(said, { ...source, types }, asker);
  if (trusted?.members.every((member) => ensemble.some((model) => idOf(model) === member))) {
    const models = trusted.members.flatMap((member) => ensemble.filter((model) => idOf(model) === member));
    await trusted.check(models);
    return { models, ...trusted.options };
  }
  if (trusted === undefined || options.decision !== 'calibrated') return undefined;
  throw usageError(`The calibration is of ${trusted.members.join(', ')}, and the server has ${ensemble.map(idOf).join(', ')}.`);
}

/** The models without a tagger that is not asked for, or would learn of none of the types and have nothing to say. */
function taughtOf(models: readonly ModelSource[], { models: names, options = {} }: Asked, material: Material): readonly ModelSource[] {
  const languageModels = models.filter((model) => idOf(model) !== taggerId);
  if (languageModels.length === 0) {
    checkTaught(material, names === undefined ? ['pool'] : ['models']);
    return models;
  }
  const { types, source } = material;
  const hasTagger = names === undefined ? taggerJoins(options, { ...source, types }, languageModels.length) : isTaught(material);
  return hasTagger ? models : languageModels;
}

function nameOf(source: Material['source']): string | undefined {
  if ('told' in source) return `the pool ${source.told.name}`;
  return source === noPool ? undefined : 'a list of sentences';
}

function isTaught({ types, source }: Material): boolean {
  return types.some(({ name }) => source.labels.includes(name));
}

/** @throws {ProblemError} that points there, for a tagger that has nothing to learn from. */
function checkTaught(material: Material, path: readonly PropertyKey[]): void {
  if (isTaught(material)) return;
  const { types, source } = material;
  const asked = types.map(({ name }) => name).join(' or ');
  const has = `${nameOf(source)} has ${source.labels.length === 0 ? 'none' : `those of ${source.labels.join(', ')}`}`;
  const lack = source === noPool ? 'no pool came' : has;
  throw pointed(
    path,
    usageError(`${taggerId} learns from mentions of ${asked} in a pool, and ${lack}. Name a pool that has some, or other models.`),
  );
}
