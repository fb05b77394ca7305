import { writeFile } from 'node:fs/promises';
import type { Command, Option } from 'commander';
import { programOf } from './grammar.fixture.ts';

/** Where the reference of the command line lies. */
export const referencePath = new URL('../../docs/reference/cli.md', import.meta.url);

const beginning = `# Command line

<!-- Written by \`npm run docs\` from the grammar in src/cli; changes here are lost. -->

\`el4ner COMMAND --help\` tells the same. Results go to the standard output, everything about the run to the standard error.
[Errors, exit codes, environment](errors.md) has the rest.
`;

/** The reference of the command line as a page of Markdown, by its own grammar. */
export function reference(): string {
  const program = programOf();
  const commands = leaves(program, []);
  const contents = commands.map(
    ({ path, command }) => `- [\`el4ner ${path}\`](#el4ner-${path.replaceAll(' ', '-')}): ${sentence(command.description())}`,
  );
  return `${beginning}\n${contents.join('\n')}\n\n${commands.map(sectionOf).join('\n')}`;
}

interface Leaf {
  readonly path: string;
  readonly command: Command;
}

function leaves(command: Command, path: readonly string[]): readonly Leaf[] {
  if (command.commands.length === 0) return [{ path: path.join(' '), command }];
  return command.commands.flatMap((one) => leaves(one, [...path, one.name()]));
}

function sectionOf({ path, command }: Leaf): string {
  const groups = Map.groupBy(
    command.options.filter(({ hidden }) => !hidden),
    ({ helpGroupHeading }) => helpGroupHeading,
  );
  const usage = command.usage().replace('[options] ', '').replace('[options]', '').trim();
  const parts = [
    `## el4ner ${path}`,
    command.description(),
    usage === '' ? '' : `    el4ner ${path} ${usage} [options]`,
    ...Array.from(groups, ([heading, options]) => `${heading === undefined ? '' : `${heading}\n\n`}${tableOf(options)}`),
    examplesOf(command),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function tableOf(options: readonly Option[]): string {
  const rows = options.map(
    ({ flags, description, argChoices, defaultValue }) =>
      `| \`${flags}\` | ${cell(description)}${argChoices === undefined ? '' : `: ${argChoices.map((choice) => `\`${choice}\``).join(', ')}`}${
        defaultValue === undefined ? '' : ` (default: \`${String(defaultValue)}\`)`
      } |`,
  );
  return ['| option | what it does |', '|---|---|', ...rows].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('*', '\\*');
}

/** What the help of a command tells behind its options. */
function examplesOf(command: Command): string {
  const help: string[] = [];
  command.configureOutput({ writeOut: (text) => void help.push(text) }).outputHelp();
  const [, examples = '', rest = ''] = /\nExamples:\n((?: {2}\$ [^\n]*\n)*)(.*)$/s.exec(help.join('')) ?? [];
  const lines = examples.replaceAll(/^ {2}\$ /gm, '');
  return [lines === '' ? '' : `<!-- not run: an example of the help -->\n\n\`\`\`sh\n${lines}\`\`\``, rest.trim()]
    .filter((part) => part !== '')
    .join('\n\n');
}

function sentence(description: string): string {
  return cell(/^.*?\.(?=\s|$)/s.exec(description)?.[0] ?? description);
}

if (import.meta.main) await writeFile(referencePath, reference());
