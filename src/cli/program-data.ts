import { type Command, Option } from 'commander';
import { datasetFormatNames } from '../dataset/format.ts';
import { writableTagSchemes } from '../dataset/tag-schemes.ts';
import type { ExitCode } from './exit-code.ts';
import { convertFlags, datasetsGetFlags, datasetsListFlags, parseFlags, scoreFlags } from './flags.ts';
import { examples } from './program-examples.ts';
import { addRequired } from './required-option.ts';
import type { Terminal } from './terminal.ts';

/** Adds `el4ner score`. */
export function addScore(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  const command = program
    .command('score')
    .description(
      'Score predictions against gold labels: CoNLL columns as conlleval or strictly, or mentions as spans. One of the paths may be "-", the standard input.',
    );
  addRequired(
    command,
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
        'el4ner extract --file gold.jsonl --format ndjson | el4ner score --gold gold.jsonl --pred -',
        'el4ner score --gold tagged.conll --scheme conlleval',
        'el4ner score --gold gold.conll --pred first.conll --compare second.conll --scheme iob2 --json',
      ),
    )
    .action(async (flags) => {
      const { score } = await import('./score.ts');
      end(await score(parseFlags(scoreFlags, flags), terminal));
    });
}

/** Adds `el4ner datasets`. */
export function addDatasets(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
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

/** Adds `el4ner convert`. */
export function addConvert(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
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
        'conll, hf, nested-json, spacy, prodigy: a text without tokens into words, or at white space (default: words)',
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
