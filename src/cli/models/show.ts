import { readFile } from 'node:fs/promises';
import { NerError } from '../../error.ts';
import { type BundledModel, bundledModels, modelCalled } from '../../model/bundled.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import type { ModelsShowFlags } from '../flags.ts';
import type { Terminal } from '../terminal.ts';

/**
 * `el4ner models show NAME`: the card of a bundled model.
 * @param name - with `nano:` before it or without.
 * @param models - the list; another one is for tests.
 * @throws {NerError} `usage` if no model is called so, `unreadable-input` if its card is missing.
 */
export async function showModel(
  name: string,
  { json }: ModelsShowFlags,
  terminal: Terminal,
  models?: readonly BundledModel[],
): Promise<ExitCode> {
  const model = modelCalled(name.replace(/^nano:/, ''), models ?? (await bundledModels()));
  const text = await readFile(model.card, 'utf8').catch((cause: unknown) => {
    const message = `The card of nano:${model.name} cannot be read from ${model.card}. \`el4ner models ls\` tells what else is known of it.`;
    throw new NerError(message, { code: 'unreadable-input', path: model.card }, { cause });
  });
  await terminal.print(json ? `${JSON.stringify({ uri: `nano:${model.name}`, ...model, text }, null, 2)}\n` : `${text.trimEnd()}\n`);
  return exitCodes.done;
}
