import { Command, Option } from 'commander';
import { type ExitCode, exitCodes } from './exit-code.ts';
import { doctorFlags, extractFlags, modelsFlags, parseFlags } from './flags.ts';
import { formatNames } from './format.ts';
import type { Terminal } from './terminal.ts';

/**
 * The command line's grammar: every command with its flags and examples. What a command does is loaded only when it runs.
 * Mistakes and requests for help end the parsing with a `CommanderError`, once they are told.
 * @param end - gets the exit code of the command that ran.
 */
export function createProgram(version: string, terminal: Terminal, end: (code: ExitCode) => void): Command {
  const program = new Command('el4ner')
    .description('Named entity recognition by an ensemble of small open language models, on your own machine.')
    .version(version)
    .addHelpText('after', examples('el4ner demo', 'el4ner extract "Ada Lovelace met Charles Babbage in London."', 'el4ner models ls'))
    .addHelpText('after', afterwards)
    .exitOverride()
    .configureOutput({ outputError: (message, write) => write(message.replace(/^error:/, 'el4ner:')) });
  addExtract(program, terminal, end);
  addModels(program, terminal, end);
  program
    .command('doctor')
    .description('Check what is needed: Node, llama.cpp, and whether models load and servers answer.')
    .option('--models <uris>', 'models to check, separated by commas (default: the bundled ones)')
    .option('--timeout <seconds>', 'longest wait for a reply of a server (default: 120)')
    .addHelpText('after', examples('el4ner doctor', 'el4ner doctor --models http://127.0.0.1:8000/v1#qwen --timeout 10'))
    .action(async (flags) => {
      const { doctor } = await import('./doctor.ts');
      end(await doctor(parseFlags(doctorFlags, flags), terminal));
    });
  program
    .command('demo')
    .description('See the pipeline decide, step by step, on bundled models.')
    .addHelpText('after', examples('el4ner demo'))
    .action(async () => {
      const { demoCommand } = await import('./demo.ts');
      end(await demoCommand(terminal));
    });
  return program;
}

function addExtract(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  program
    .command('extract')
    .description('Find the entities of texts. Each TEXT is one document; "-", or nothing, is the standard input.')
    .argument('[TEXT...]')
    .option('--file <path>', 'a UTF-8 text, or documents {"id"?, "text"} one a line in .jsonl; may be repeated', collect)
    .option('--types <names>', 'entity types: a,b or @types.json (default: those of the pool, else person,location,organization)')
    .option('--pool <path>', 'labelled sentences {"text", "entities"} one a line: a .jsonl file or a directory of them')
    .option('--models <uris>', 'the ensemble, separated by commas (default: the bundled models); see "el4ner models ls"')
    .option('--verifier <uri>', 'who verifies: a model, "all" of the ensemble, or "nobody" (default: the first model)')
    .option('--k <number>', 'demonstrations for each text (default: 5)')
    .option('--quorum <number>', 'how many models must reply in each stage (default: 1)')
    .addOption(new Option('--overlaps <mode>', 'whether entities may overlap (default: flat)').choices(['flat', 'nested']))
    .addOption(
      new Option(
        '--candidate-spans <source>',
        'what stands for a sentence of the pool: spans that the models find, or the labels (default: models)',
      ).choices(['models', 'gold']),
    )
    .option('--timeout <seconds>', 'longest wait for a reply of a server (default: 120)')
    .option('--workers <number>', 'documents in work at once (default: 1)')
    .addOption(
      new Option('--format <name>', 'of the results; json is an object for one text, an array for several or for .jsonl')
        .choices(formatNames)
        .default('text'),
    )
    .option('--trace', 'tell every decision')
    .addHelpText(
      'after',
      examples(
        'el4ner extract "Ada Lovelace met Charles Babbage in London."',
        'el4ner extract --types person,city --format json - < letter.txt',
        'el4ner extract --pool labelled.jsonl --file documents.jsonl --format ndjson > entities.ndjson',
        'el4ner extract --models ollama:qwen2.5:14b,ollama:phi4 --trace "Ada Lovelace met Charles Babbage in London."',
      ),
    )
    .action(async (texts: string[], flags) => {
      const { extract } = await import('./extract.ts');
      end(await extract(texts, parseFlags(extractFlags, flags), terminal));
    });
}

function addModels(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  program
    .command('models')
    .description('Models that can be used.')
    .addHelpText('after', examples('el4ner models ls'))
    .command('ls')
    .description('List the bundled models, and the URIs by which other models are named.')
    .addOption(new Option('--format <name>', 'of the list').choices(['text', 'json']).default('text'))
    .addHelpText('after', examples('el4ner models ls', 'el4ner models ls --format json'))
    .action(async (flags) => {
      const { listModels } = await import('./models.ts');
      end(await listModels(parseFlags(modelsFlags, flags), terminal));
    });
}

function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}\n`).join('')}`;
}

const { done, failed, usage, unavailable, interrupted } = exitCodes;
const afterwards = `Exit codes: ${done} done, ${failed} some documents failed, ${usage} usage or configuration,
${unavailable} a model or service is unavailable, ${interrupted} interrupted.
EL4NER_DEBUG=1 shows where an error comes from.`;
