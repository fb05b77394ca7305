import { Command, Option } from 'commander';
import { datasetFormatNames } from '../dataset/format.ts';
import { writableTagSchemes } from '../dataset/tag-schemes.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import {
  convertFlags,
  datasetsGetFlags,
  datasetsListFlags,
  doctorFlags,
  evalFlags,
  extractFlags,
  modelsBenchFlags,
  modelsListFlags,
  modelsShowFlags,
  parseFlags,
  scoreFlags,
} from './flags.ts';
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
  addEval(program, terminal, end);
  addModels(program, terminal, end);
  addDatasets(program, terminal, end);
  addConvert(program, terminal, end);
  addScore(program, terminal, end);
  program
    .command('doctor')
    .description('Check what is needed: Node, llama.cpp, and whether models load and servers answer.')
    .option('--models <uris>', 'models to check, separated by commas (default: the bundled ones)')
    .option('--timeout <seconds>', 'longest wait for a reply (default: 120 for servers, none for local models)')
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
    .option('--pool <path>', 'labelled sentences: a file in any format of "el4ner convert", or a directory of .jsonl files')
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
    .option('--timeout <seconds>', 'longest wait for a reply (default: 120 for servers, none for local models)')
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

function addEval(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  program
    .command('eval')
    .description('Run the pipeline over a labelled data set and score it, part by part.')
    .option('--data <path>', 'labelled sentences to find again: a file in any format of "el4ner convert", or a directory of .jsonl files')
    .option('--pool <path>', 'labelled sentences to choose demonstrations from, likewise (default: none)')
    .option('--types <names>', 'entity types: a,b or @types.json (default: those of pool and data)')
    .option('--models <uris>', 'the ensemble, separated by commas (default: the bundled models)')
    .option('--verifier <uri>', 'who verifies: a model, "all" of the ensemble, or "nobody" (default: the first model)')
    .option('--k <number>', 'demonstrations for each text (default: 5)')
    .addOption(new Option('--candidate-spans <source>', 'as in extract (default: models)').choices(['models', 'gold']))
    .addOption(new Option('--overlaps <mode>', 'whether entities may overlap (default: flat)').choices(['flat', 'nested']))
    .option('--timeout <seconds>', 'longest wait for a reply (default: 120 for servers, none for local models)')
    .option('--ablate', 'also each model alone, other verifiers, other demonstrations and numbers of them, other ways to combine spans')
    .option('--limit <number>', 'score so many sentences only, chosen by the seed (default: all)')
    .option('--pool-limit <number>', 'choose demonstrations from so many sentences only, chosen by the seed (default: all of the pool)')
    .option('--seed <number>', 'of every choice by chance, of intervals and of p (default: 0)')
    .option('--journal <path>', 'keep results there as they come; the same command goes on from there')
    .option('--json <path>', 'write the experiment: a manifest, the figures of each system and the counts of each document')
    .option('--html <path>', 'write a report to read in a browser: tables, plots, errors, the worst documents')
    .option(
      '--compare <paths...>',
      'instead: F1 of two experiments that --json wrote, row by row, and whether the difference can be chance',
    )
    .addHelpText(
      'after',
      examples(
        'el4ner eval --data test.jsonl --pool train.jsonl --limit 300 --ablate --json ablation.json --html ablation.html',
        'el4ner eval --data test.jsonl --pool train.jsonl --models ollama:qwen2.5:14b,ollama:phi4 --journal run.journal',
        'el4ner eval --compare before.json after.json',
      ),
    )
    .action(async (flags) => {
      const { evaluate } = await import('./eval/eval.ts');
      end(await evaluate(parseFlags(evalFlags, flags), terminal));
    });
}

function addModels(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  const models = program
    .command('models')
    .description('Models that can be used.')
    .addHelpText('after', examples('el4ner models ls', 'el4ner models show social', 'el4ner models bench'));
  models
    .command('ls')
    .description('List the bundled models with what is known of them, and the URIs by which other models are named.')
    .option('--json', 'print it as JSON')
    .addOption(new Option('--format <name>', 'json is --json').choices(['text', 'json']).default('text').hideHelp())
    .addHelpText('after', examples('el4ner models ls', 'el4ner models ls --json'))
    .action(async (flags) => {
      const { listModels } = await import('./models/list.ts');
      end(await listModels(parseFlags(modelsListFlags, flags), terminal));
    });
  models
    .command('show')
    .description('Print the card of a bundled model: what it was made of, how good it is, and what it is not for.')
    .argument('<NAME>')
    .option('--json', 'print it as JSON')
    .addHelpText('after', examples('el4ner models show social', 'el4ner models show nano:bio --json'))
    .action(async (name: string, flags) => {
      const { showModel } = await import('./models/show.ts');
      end(await showModel(name, parseFlags(modelsShowFlags, flags), terminal));
    });
  models
    .command('bench')
    .description('Measure models on this machine: loading, memory, tokens a second, and the time of each task about a sample text.')
    .argument('[MODEL...]', 'URIs (default: the bundled models)')
    .option('--timeout <seconds>', 'longest wait for a reply (default: 120 for servers, none for local models)')
    .option('--json', 'print unrounded figures as JSON')
    .addHelpText('after', examples('el4ner models bench', 'el4ner models bench nano:social ollama:qwen2.5:14b --json'))
    .action(async (uris: string[], flags) => {
      const { benchModels } = await import('./models/bench.ts');
      end(await benchModels(uris, parseFlags(modelsBenchFlags, flags), terminal));
    });
}

function addScore(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  program
    .command('score')
    .description('Score predictions against gold labels: CoNLL columns as conlleval or strictly, or mentions as spans.')
    .requiredOption(
      '--gold <path>',
      'gold labels in any format of "el4ner convert"; CoNLL columns may hold predictions too, in a column after the gold one',
    )
    .option('--pred <path>', 'predictions: CoNLL columns of the same tokens, or any format with the same texts')
    .addOption(
      new Option(
        '--scheme <name>',
        'conlleval and its report; iob2 or iobes, strictly as seqeval; spans, which may nest (default: conlleval where all files are CoNLL columns, else spans)',
      ).choices(['conlleval', 'iob2', 'iobes', 'spans']),
    )
    .addOption(
      new Option('--match <what>', 'spans: compare the spans, or the distinct strings of a text (default: spans)').choices([
        'spans',
        'text',
      ]),
    )
    .addOption(new Option('--from <format>', 'of all files (default: the content of each tells)').choices(datasetFormatNames))
    .option('--compare <path>', 'other predictions for the same gold labels; tells whether the difference can be chance')
    .option('--resamples <number>', 'of the bootstrap over documents for 95 % intervals, at most 1000000 (default: 1000)')
    .option('--shuffles <number>', 'of the randomisation test for --compare, at most 1000000 (default: 10000)')
    .option('--seed <number>', 'of both (default: 0)')
    .option('--json', 'print counts and unrounded ratios as JSON')
    .addHelpText(
      'after',
      examples(
        'el4ner score --gold gold.jsonl --pred entities.ndjson',
        'el4ner score --gold tagged.conll --scheme conlleval',
        'el4ner score --gold gold.conll --pred first.conll --compare second.conll --scheme iob2 --json',
      ),
    )
    .action(async (flags) => {
      const { score } = await import('./score.ts');
      end(await score(parseFlags(scoreFlags, flags), terminal));
    });
}

function addDatasets(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  const cacheOption = ['--cache <directory>', 'where they are kept (default: el4ner in the cache of the system)'] as const;
  const jsonOption = ['--json', 'print it as JSON'] as const;
  const formatOption = (): Option => new Option('--format <name>', 'json is --json').choices(['text', 'json']).default('text').hideHelp();
  const datasets = program
    .command('datasets')
    .description('Public data sets that can be fetched by their name.')
    .addHelpText('after', examples('el4ner datasets ls', 'el4ner datasets get wnut17 --out wnut17'));
  datasets
    .command('ls')
    .description('List the data sets: languages, sentences, licence, types, and whether they are here already.')
    .option(...cacheOption)
    .option(...jsonOption)
    .addOption(formatOption())
    .addHelpText('after', examples('el4ner datasets ls', 'el4ner datasets ls --json'))
    .action(async (flags) => {
      const { listDatasets } = await import('./datasets.ts');
      end(await listDatasets(parseFlags(datasetsListFlags, flags), terminal));
    });
  datasets
    .command('get')
    .description('Fetch a data set from where its makers keep it, unless it is here already, and print where its files are.')
    .argument('<NAME>')
    .option('--out <directory>', 'write its splits there as labelled sentences: train.jsonl, dev.jsonl, test.jsonl')
    .option('--detokenize', 'with --out: join tokens to running text, without the spaces that tokenisation put in')
    .option(...cacheOption)
    .option(...jsonOption)
    .addOption(formatOption())
    .addHelpText('after', examples('el4ner datasets get wnut17', 'el4ner datasets get crossner-ai --out crossner-ai --detokenize'))
    .action(async (name: string, flags) => {
      const { getDataset } = await import('./datasets.ts');
      end(await getDataset(name, parseFlags(datasetsGetFlags, flags), terminal));
    });
}

function addConvert(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  program
    .command('convert')
    .description('Write labelled data in another format. IN is a file or a directory; "-" is the standard input or output.')
    .argument('<IN>')
    .argument('[OUT]', 'nothing is the standard output', '-')
    .addOption(new Option('--from <format>', 'of IN (default: its content tells)').choices(datasetFormatNames))
    .addOption(new Option('--to <format>', 'of OUT (default: its name tells; jsonl for the standard output)').choices(datasetFormatNames))
    .option('--token-column <number>', 'conll: where tokens are, from 1, or from -1 for the last column (default: 1)')
    .option('--tag-column <number>', 'conll: where tags are (default: -1)')
    .option('--detokenize', 'conll, hf, nested-json: make running text of the tokens of IN, not one space between any two')
    .option('--labels <names>', 'hf: what the numbers of tags mean, in order: a,b or @labels.json (default: the features in IN)')
    .addOption(new Option('--ends <meaning>', 'nested-json: the index after the last token, or of it').choices(['exclusive', 'inclusive']))
    .addOption(
      new Option('--discontinuous <way>', 'brat, nested-json: leave out mentions in pieces, or make them whole (default: refuse)').choices([
        'refuse',
        'flatten',
      ]),
    )
    .addOption(new Option('--scheme <name>', 'conll, hf: of the tags of OUT (default: iob2)').choices(writableTagSchemes))
    .addOption(
      new Option(
        '--tokenize <way>',
        'conll, hf, nested-json: a text without tokens into words, or at white space (default: words)',
      ).choices(['words', 'spaces']),
    )
    .option('--id-comments', 'conll: a line "# id = …" before each sentence of OUT, which readers of columns may take for a token')
    .addOption(new Option('--offset-unit <unit>', 'jsonl: of the offsets of OUT (default: utf16)').choices(['utf16', 'codepoint']))
    .option('--model-version <name>', 'label-studio: who predicted the mentions (default: el4ner)')
    .option('--skip-bad', 'leave out bad rows and count them; exit with 1 if there are some')
    .addHelpText(
      'after',
      examples(
        'el4ner convert train.conll pool.jsonl --detokenize',
        'el4ner convert export.json corpus --from label-studio --to brat',
        'el4ner convert predictions.jsonl tasks.json --to label-studio --model-version nano-3',
        'el4ner convert - < rows.jsonl --to conll --scheme iobes > train.conll',
      ),
    )
    .action(async (input: string, output: string, flags) => {
      const { convert } = await import('./convert.ts');
      end(await convert(input, output, parseFlags(convertFlags, flags), terminal));
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
EL4NER_API_KEY is the key of OpenAI-compatible servers, OPENAI_API_KEY that of openai:, OLLAMA_HOST the address of Ollama.
EL4NER_DEBUG=1 shows where an error comes from.`;
