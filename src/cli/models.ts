import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { type BundledModel, bundledModels } from '../model/bundled.ts';
import { modelUriForms } from '../model/open.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import type { ModelsFlags } from './flags.ts';
import { alignedTable } from './table.ts';
import type { Terminal } from './terminal.ts';

/** A bundled model and the state of its file. */
interface ListedModel extends BundledModel {
  readonly uri: string;
  /** 0 if the file is missing. */
  readonly fileBytes: number;
  readonly integrity: 'ok' | 'altered' | 'missing';
}

/** `el4ner models ls`: the bundled models with the state of their files, and how other models are named. */
export async function listModels({ format }: ModelsFlags, terminal: Terminal): Promise<ExitCode> {
  const bundled = await Promise.all((await bundledModels()).map((model) => inspect(model, terminal.signal)));
  const uriForms = modelUriForms.map(([form, example, meaning]) => ({ form, example, meaning }));
  await terminal.print(format === 'json' ? `${JSON.stringify({ bundled, uriForms }, null, 2)}\n` : renderModels(bundled, terminal));
  return exitCodes.done;
}

async function inspect(model: BundledModel, signal: AbortSignal): Promise<ListedModel> {
  const uri = `nano:${model.name}`;
  const file = await stat(model.path).catch(() => undefined);
  if (file === undefined) return { uri, ...model, fileBytes: 0, integrity: 'missing' };
  const hash = createHash('sha256');
  await pipeline(createReadStream(model.path), hash, { signal });
  return { uri, ...model, fileBytes: file.size, integrity: hash.digest('hex') === model.sha256 ? 'ok' : 'altered' };
}

function renderModels(bundled: readonly ListedModel[], { colours }: Terminal): string {
  const { bold, dim, red } = colours;
  const rows = bundled.map(({ uri, parameters, fileBytes, license, integrity, purpose }) => [
    uri,
    `${(parameters / 1e6).toFixed(1)} M`,
    `${(fileBytes / 1e6).toFixed(1)} MB`,
    license,
    integrity,
    purpose,
  ]);
  const header = ['model', 'parameters', 'file', 'licence', 'checksum', 'for'];
  const models = alignedTable([header, ...rows], {
    right: [1, 2],
    style: (cell, column, row) => (row === 0 ? dim(cell) : column === 4 && bundled[row - 1]?.integrity !== 'ok' ? red(cell) : cell),
  });
  const forms = alignedTable(modelUriForms.map(([form, example, meaning]) => [form, example, meaning]));
  return [bold('Bundled models'), ...models, '', bold('Other models by their URI'), ...forms, ''].join('\n');
}
