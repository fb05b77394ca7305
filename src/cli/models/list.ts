import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { type BundledModel, bundledModels } from '../../model/bundled.ts';
import { modelUriForms } from '../../model/open.ts';
import { counted } from '../counted.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import type { ModelsListFlags } from '../flags.ts';
import { alignedTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';

/** Whether a bundled file is the one that was made. */
type Integrity = 'ok' | 'altered' | 'missing';

/** A bundled model and the state of its files. */
interface ListedModel extends Omit<BundledModel, 'card'> {
  readonly uri: string;
  /** 0 if the file is missing. */
  readonly fileBytes: number;
  readonly integrity: Integrity;
  /** `null` if there is none. */
  readonly card: string | null;
}

/**
 * `el4ner models ls`: what is known of the bundled models, the state of their files, and how other models are named.
 * @param models - the list; another one is for tests.
 */
export async function listModels(
  { format, json }: ModelsListFlags,
  terminal: Terminal,
  models?: readonly BundledModel[],
): Promise<ExitCode> {
  const bundled = await Promise.all((models ?? (await bundledModels())).map((model) => inspect(model, terminal.signal)));
  const uriForms = modelUriForms.map(([form, example, meaning]) => ({ form, example, meaning }));
  const wantsJson = json || format === 'json';
  await terminal.print(wantsJson ? `${JSON.stringify({ bundled, uriForms }, null, 2)}\n` : render(bundled, terminal));
  return exitCodes.done;
}

async function inspect(model: BundledModel, signal: AbortSignal): Promise<ListedModel> {
  const card = (await size(model.card)) === undefined ? null : model.card;
  const listed = { uri: `nano:${model.name}`, ...model, card };
  const fileBytes = await size(model.path);
  if (fileBytes === undefined) return { ...listed, fileBytes: 0, integrity: 'missing' };
  const hash = createHash('sha256');
  await pipeline(createReadStream(model.path), hash, { signal });
  return { ...listed, fileBytes, integrity: hash.digest('hex') === model.sha256 ? 'ok' : 'altered' };
}

/** In bytes; `undefined` where there is no file. */
async function size(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}

const states: Readonly<Record<Integrity, string>> = { ok: 'hash verified', altered: 'file damaged', missing: 'file missing' };

function render(bundled: readonly ListedModel[], terminal: Terminal): string {
  const { bold } = terminal.colours;
  const forms = alignedTable(modelUriForms.map(([form, example, meaning]) => [form, example, meaning]));
  return [
    bold('Bundled models'),
    ...bundled.map((model) => renderModel(model, terminal)),
    '',
    bold('Other models by their URI'),
    ...forms,
    '',
  ].join('\n');
}

function renderModel(model: ListedModel, { colours }: Terminal): string {
  const { dim, red } = colours;
  const state = states[model.integrity];
  const rows = [
    ['for', model.purpose],
    ['parameters', `${(model.parameters / 1e6).toFixed(1)} M`],
    [
      'context',
      `${counted(model.contextTokens, 'token')}; texts of at most ${counted(model.textLimit, 'character')} at once, best up to ${model.windowLength}`,
    ],
    ['licence', model.license],
    ['file', `${(model.fileBytes / 1e6).toFixed(1)} MB, ${model.integrity === 'ok' ? state : red(state)}: ${model.path}`],
    ['card', model.card === null ? 'none' : `el4ner models show ${model.name}, or ${model.card}`],
  ];
  const style = (cell: string, column: number) => (column === 0 ? dim(cell) : cell);
  return [model.uri, ...alignedTable(rows, { style }).map((line) => `  ${line}`)].join('\n');
}
