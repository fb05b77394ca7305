import { writeWholeFile } from '../../dataset/whole-file.ts';
import { usageError } from '../../error.ts';
import type { DocumentResult } from '../../experiment/document-result.ts';
import { type Experiment, runExperiment } from '../../experiment/experiment.ts';
import { type Journal, noJournal, openJournal } from '../../experiment/journal.ts';
import { manifestOf } from '../../experiment/manifest.ts';
import type { Row } from '../../experiment/row.ts';
import type { Material } from '../../experiment/run.ts';
import { ablation, fullSystem, presetSystems, type System } from '../../experiment/systems.ts';
import { counted } from '../counted.ts';
import type { ExitCode } from '../exit-code.ts';
import { type EvalFlags, evalFlags, flagName, parseFlags } from '../flags.ts';
import type { Terminal } from '../terminal.ts';
import { createAccount } from './account.ts';
import { reproducingCommand } from './command.ts';
import { compareExperiments } from './compare.ts';
import { gather } from './material.ts';
import { checkOutputPaths } from './output-paths.ts';
import { renderReport } from './report/report.ts';
import { rowTable } from './table.ts';

/**
 * `el4ner eval`: the pipeline over a labelled data set, with its scores; with `--ablate` also what becomes of them when one thing changes.
 * With `--compare`, two finished experiments side by side.
 */
export async function evaluate(flags: EvalFlags, terminal: Terminal): Promise<ExitCode> {
  if (flags.compare !== undefined) {
    checkStandsAlone(flags);
    return compareExperiments(flags.compare, terminal);
  }
  const { data: path } = flags;
  if (path === undefined) throw usageError('--data is missing; expected a labelled data set.');
  const { signal, colours, print, note, progress, milestone } = terminal;
  await checkOutputPaths(flags);
  await using opened = new AsyncDisposableStack();
  const { material, identity } = await gather(path, flags, opened, terminal);
  const journal = flags.journal === undefined ? noJournal : await openJournal(flags.journal, identity);
  const systems = systemsOf(flags, material);
  if (flags.ablate && flags.pool === undefined)
    note('Without --pool there are no demonstrations; the rows about them equal the full system.');
  const account = createAccount();
  const rows: Row[] = [];
  let fullResults: readonly DocumentResult[] = [];
  try {
    const listener = { progress, prepared: account.prepared, outcome: account.add };
    for await (const { row, results } of runExperiment(material, { systems, journal, seed: flags.seed, listener, signal })) {
      rows.push(row);
      if (row.name === fullSystem.name) fullResults = results;
      if (systems.length > 1) milestone(`system ${rows.length} of ${systems.length}: ${row.name}`);
    }
  } finally {
    if (rows.length > 0) await print(rowTable(rows, colours));
    for (const line of account.notes()) note(line);
    if (rows.length < systems.length) {
      const goingOn = signal.aborted && flags.journal !== undefined ? ` ${whatIsKept(journal)}` : '';
      note(`Done: ${rows.length} of ${counted(systems.length, 'system')}.${goingOn}`);
    }
  }
  const origin = { command: reproducingCommand(flags), dataPath: path, ...(flags.pool === undefined ? {} : { poolPath: flags.pool }) };
  const experiment: Experiment = { manifest: await manifestOf(identity, origin), rows };
  await writeOutputs(flags, experiment, { data: material.data, results: fullResults });
  return account.exitCode(rows);
}

function systemsOf(flags: EvalFlags, { options: { models, selection } }: Material): readonly System[] {
  if (flags.ablate && flags.presets) throw usageError('--ablate and --presets are two comparisons; expected one of them.');
  if (flags.presets) return presetSystems(models);
  return flags.ablate ? ablation(models, selection, flags.pool !== undefined) : [fullSystem];
}

/** A comparison runs nothing, so that it would leave out silently what else is asked for. */
function checkStandsAlone(flags: EvalFlags): void {
  const defaults: Partial<EvalFlags> = parseFlags(evalFlags, {});
  const keys = Object.keys(flags) as (keyof EvalFlags)[]; // the schema leaves no others
  const others = keys.filter((key) => key !== 'compare' && flags[key] !== defaults[key]).map(flagName);
  if (others.length > 0) throw usageError(`--compare reads two experiments and runs none; leave out ${others.join(', ')}.`);
}

/** What a run that is broken off leaves for the next one. */
function whatIsKept(journal: Journal): string {
  const kept = journal.kept();
  if (kept === 0) return 'Nothing is in the journal yet; the same command begins anew.';
  return `The journal has ${counted(kept, 'result')}; the same command goes on with the rest.`;
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
