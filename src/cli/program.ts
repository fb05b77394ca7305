import { Command, Option } from 'commander';
import { addBudget } from './budget-flags.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import {
  cacheStatsFlags,
  doctorFlags,
  evalFlags,
  extractFlags,
  modelsBenchFlags,
  modelsListFlags,
  modelsShowFlags,
  parseFlags,
} from './flags.ts';
import { formatNames } from './format.ts';
import { addPipeline, addSource } from './pipeline-flags.ts';
import { addConvert, addDatasets, addScore } from './program-data.ts';
import { examples } from './program-examples.ts';
import { addMcp } from './program-mcp.ts';
import { addAgreement, addCalibrate, addIndex, addLabel, addSuggest } from './program-pool.ts';
import { addRun } from './program-run.ts';
import { addServe } from './program-serve.ts';
import { addWorker } from './program-worker.ts';
import { addSelection } from './selection-flags.ts';
import { addStats } from './stats-flags.ts';
import type { Terminal } from './terminal.ts';

/**
 * The command line's grammar: every command with its flags and examples. What a command does is loaded only when it runs.
 * Mistakes and requests for help end the parsing with a `CommanderError`, once they are told.
 * @param end - gets the exit code of the command that ran; `drained` if it was one that works until it is interrupted.
 */
export function createProgram(version: string, terminal: Terminal, end: (code: ExitCode, how?: 'drained') => void): Command {
  const program = new Command('el4ner')
    .description('Named entity recognition by an ensemble of small open language models, on your own machine.')
    .version(version)
    .addHelpText('after', examples('el4ner demo', 'el4ner extract "Ada Lovelace met Charles Babbage in London."', 'el4ner models ls'))
    .addHelpText('after', afterwards)
    .exitOverride()
    .configureOutput({ outputError: (message, write) => write(message.replace(/^error:/, 'el4ner:')) });
  addExtract(program, terminal, end);
  addRun(program, terminal, end);
  addServe(program, terminal, end);
  addMcp(program, terminal, end);
  addWorker(program, terminal, end);
  addIndex(program, terminal, end);
  addCalibrate(program, terminal, end);
  addAgreement(program, terminal, end);
  addSuggest(program, terminal, end);
  addLabel(program, terminal, end);
  addEval(program, terminal, end);
  addModels(program, terminal, end);
  addCache(program, terminal, end);
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
  const command = program
    .command('extract')
    .description('Find the entities of texts. Each TEXT is one document; "-", or nothing, is the standard input.')
    .argument('[TEXT...]')
    .option('--file <path>', 'a UTF-8 text, or documents {"id"?, "text"} one a line in .jsonl; may be repeated', collect);
  addSource(command);
  addBudget(addPipeline(command))
    .option('--quorum <number>', 'how many models must reply in each stage (default: 1)')
    .option('--workers <number>', 'documents in work at once (default: 1)')
    .addOption(
      new Option('--format <name>', 'of the results; json is an object for one text, an array for several or for .jsonl')
        .choices(formatNames)
        .default('text'),
    )
    .option('--trace', 'tell every decision');
  addStats(command)
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
  addSelection(command);
}

function addEval(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  const command = program
    .command('eval')
    .description('Run the pipeline over a labelled data set and score it, part by part.')
    .option('--data <path>', 'labelled sentences to find again: a file in any format of "el4ner convert", or a directory of .jsonl files')
    .option('--pool <path>', 'labelled sentences to choose demonstrations from, likewise, or what "el4ner index" made (default: none)')
    .option('--types <names>', 'entity types: a,b or @types.json (default: those of pool and data)');
  addPipeline(command)
    .option('--ablate', 'also each model alone, other verifiers, other demonstrations and numbers of them, other ways to combine spans')
    .option('--presets', 'also the presets paper, balanced and fast')
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
  addSelection(command);
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

function addCache(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  const cache = program
    .command('cache')
    .description('The answers of models that --cache has kept, in the file EL4NER_CACHE, or in the cache directory of your account.')
    .addHelpText('after', examples('el4ner cache stats', 'EL4NER_CACHE=answers.sqlite el4ner cache clear'));
  cache
    .command('stats')
    .description('Tell how many answers there are, and how large the file is.')
    .option('--json', 'print it as JSON')
    .action(async (flags) => {
      const { cacheStats } = await import('./answer-cache.ts');
      end(await cacheStats(parseFlags(cacheStatsFlags, flags), terminal));
    });
  cache
    .command('clear')
    .description('Forget all answers.')
    .action(async () => {
      const { clearCache } = await import('./answer-cache.ts');
      end(await clearCache(terminal));
    });
}

function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

const { done, failed, usage, unavailable, interrupted } = exitCodes;
const afterwards = `Exit codes: ${done} done, ${failed} some documents failed, ${usage} usage or configuration,
${unavailable} a model or service is unavailable, ${interrupted} interrupted.
EL4NER_API_KEY is the key of OpenAI-compatible servers, OPENAI_API_KEY that of openai:, OLLAMA_HOST the address of Ollama.
EL4NER_CACHE is the file of --cache. EL4NER_QUEUE is the queue of el4ner worker,
EL4NER_QUEUE_PASSWORD the password in the URL of --queue. EL4NER_DEBUG=1 shows where an error comes from.`;
