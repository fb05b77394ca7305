import { writeWholeFile } from '../../dataset/whole-file.ts';
import { usageError } from '../../error.ts';
import { type Experiment, runExperiment, sampleSentences } from '../../experiment/experiment.ts';
import { noJournal, openJournal } from '../../experiment/journal.ts';
import { hashOf, type Identity, manifestOf, modelIdentity } from '../../experiment/manifest.ts';
import type { Row } from '../../experiment/row.ts';
import type { DocumentResult, Material } from '../../experiment/run.ts';
import { ablation, fullSystem } from '../../experiment/systems.ts';
import { bundledModels } from '../../model/bundled.ts';
import type { LanguageModel } from '../../model/language-model.ts';
import { openModel } from '../../model/open.ts';
import { remembering } from '../../model/remember.ts';
import { counted } from '../counted.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import type { EvalFlags } from '../flags.ts';
import { inventory } from '../inventory.ts';
import { readPool, readTestData } from '../pool.ts';
import type { Terminal } from '../terminal.ts';
import { packageVersion } from '../version.ts';
import { reproducingCommand } from './command.ts';
import { compareExperiments } from './compare.ts';
import { checkOutputPaths } from './output-paths.ts';
import { renderReport } from './report/report.ts';
import { rowTable } from './table.ts';

/**
 * `el4ner eval`: the pipeline over a labelled data set, with its scores; with `--ablate` also what becomes of them when one thing changes.
 * With `--compare`, two finished experiments side by side.
 */
export async function evaluate(flags: EvalFlags, terminal: Terminal): Promise<ExitCode> {
  if (flags.compare !== undefined) return compareExperiments(flags.compare, terminal);
  const { data: path } = flags;
  if (path === undefined) throw usageError('--data is missing; expected a labelled data set.');
  const { signal, colours, print, note, progress } = terminal;
  await checkOutputPaths(flags);
  await using opened = new AsyncDisposableStack();
  const material = await gather(path, flags, opened, terminal);
  const identity = await identityOf(material, flags);
  const journal = flags.journal === undefined ? noJournal : await openJournal(flags.journal, identity);
  const systems = flags.ablate ? ablation(material.options.models) : [fullSystem];
  if (flags.ablate && material.pool.length === 0)
    note('Without --pool there are no demonstrations; the rows about them equal the full system.');
  const rows: Row[] = [];
  let fullResults: readonly DocumentResult[] = [];
  try {
    for await (const { row, results } of runExperiment(material, { systems, journal, seed: flags.seed, onProgress: progress, signal })) {
      rows.push(row);
      if (row.name === fullSystem.name) fullResults = results;
    }
  } finally {
    if (rows.length > 0) await print(rowTable(rows, colours));
    if (rows.length < systems.length) {
      const goingOn = signal.aborted && flags.journal !== undefined ? ' The same command goes on with the rest.' : '';
      note(`Done: ${rows.length} of ${counted(systems.length, 'system')}.${goingOn}`);
    }
  }
  const experiment: Experiment = { manifest: manifestOf(identity, reproducingCommand(flags)), rows };
  await writeOutputs(flags, experiment, { data: material.data, results: fullResults });
  return rows.some(({ failed }) => failed > 0) ? exitCodes.failed : exitCodes.done;
}

/** Writes the files that the flags ask for. */
async function writeOutputs(
  flags: EvalFlags,
  experiment: Experiment,
  full: { readonly data: Material['data']; readonly results: readonly DocumentResult[] },
): Promise<void> {
  if (flags.json !== undefined) await writeWholeFile(flags.json, `${JSON.stringify(experiment, null, 2)}\n`);
  if (flags.html !== undefined) await writeWholeFile(flags.html, renderReport({ experiment, ...full }));
}

async function gather(path: string, flags: EvalFlags, opened: AsyncDisposableStack, terminal: Terminal): Promise<Material> {
  const { seed, limit, timeout, models: uris, verifier, k, candidateSpans } = flags;
  const data = sampleSentences(await readTestData(path, terminal), limit, seed);
  const pool = flags.pool === undefined ? [] : await readPool(flags.pool, terminal);
  const types = await inventory(flags.types, [...pool, ...data]);
  const members = uris ?? (await bundledModels()).map(({ name }) => `nano:${name}`);
  const others = verifier === undefined || ['all', 'nobody', ...members].includes(verifier) ? [] : [verifier];
  const models = new Map<string, LanguageModel>();
  for (const uri of [...members, ...others]) {
    terminal.signal.throwIfAborted();
    terminal.progress(`Loading ${uri}`);
    const options = { environment: terminal.environment, ...(timeout === undefined ? {} : { timeoutMs: timeout * 1000 }) };
    models.set(uri, remembering(opened.use(await openModel(uri, options))));
  }
  const options = {
    models: members,
    seed,
    ...(verifier === undefined ? {} : { verifier }),
    ...(k === undefined ? {} : { k }),
    ...(candidateSpans === undefined ? {} : { candidateSpans }),
    ...(flags.overlaps === undefined ? {} : { overlaps: flags.overlaps }),
  };
  return { types, data, pool, models, options };
}

async function identityOf({ types, data, pool, models, options }: Material, { seed, limit }: EvalFlags): Promise<Identity> {
  return {
    version: await packageVersion(),
    models: await Promise.all(Array.from(models.values(), modelIdentity)),
    data: hashOf(data),
    pool: hashOf(pool),
    types: types.map(({ name }) => name),
    inventory: hashOf(types),
    limit: limit ?? null,
    seed,
    options,
  };
}
