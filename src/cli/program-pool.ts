import { type Command, Option } from 'commander';
import type { ExitCode } from './exit-code.ts';
import { agreementFlags, calibrateFlags, indexFlags, labelFlags, parseFlags, suggestFlags } from './flags.ts';
import { addPipeline } from './pipeline-flags.ts';
import { examples } from './program-examples.ts';
import { addRequired } from './required-option.ts';
import { retrievalFlags } from './retrieval-flags.ts';
import { addSelection } from './selection-flags.ts';
import { addStats } from './stats-flags.ts';
import type { Terminal } from './terminal.ts';

/** Adds `el4ner index`. */
export function addIndex(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  const command = program
    .command('index')
    .description(
      'Prepare a pool on disk, for --pool of "el4ner extract" and "el4ner eval". Run again, it works out what is new and goes on after a stop.',
    )
    .argument('<POOL>', 'labelled sentences: a file in any format of "el4ner convert", or a directory of .jsonl files');
  addRequired(command, '--out <directory>', 'where the index is, or is to be')
    .option(
      '--types <names>',
      'entity types whose labels, or spans by the models, stand for a sentence: a,b or @types.json (default: those of the pool)',
    )
    .addOption(retrievalFlags.candidateSpans())
    .option('--models <uris>', 'for --candidate-spans models: the ensemble, separated by commas (default: the bundled models)')
    .option('--timeout <seconds>', 'likewise: longest wait for a reply (default: 120 for servers, none for local models)')
    .addOption(retrievalFlags.embedder())
    .option('--replace', 'lose the index in --out, if it has other candidate spans or another embedder (default: it is refused)')
    .addHelpText(
      'after',
      examples(
        'el4ner index labelled.jsonl --out pool.index',
        'el4ner index labelled.jsonl --out pool.index --candidate-spans chunks',
        'el4ner extract --pool pool.index --k 8 --trace "Ada Lovelace met Charles Babbage."',
      ),
    )
    .action(async (pool: string, flags) => {
      const { indexPool } = await import('./index-command.ts');
      end(await indexPool(pool, parseFlags(indexFlags, flags), terminal));
    });
}

/** Adds `el4ner calibrate`. */
export function addCalibrate(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  const command = program
    .command('calibrate')
    .description(
      'Find out whom of the ensemble to trust, by labelled sentences of an index that its members have not seen, and keep it there. Run again, it goes on after a stop.',
    );
  addRequired(command, '--pool <index>', 'what "el4ner index" made')
    .option('--types <names>', 'entity types: a,b or @types.json (default: those of the pool)')
    .option('--models <uris>', 'the ensemble, separated by commas (default: the bundled models and pool:tagger)')
    .option('--k <number>', 'demonstrations for each sentence (default: 5)')
    .option('--sample <number>', 'sentences to ask about (default: 300)')
    .option('--seed <number>', 'chooses the sentences (default: 0)')
    .option('--workers <number>', 'sentences in work at once, as many as servers answer together (default: 1)')
    .option('--timeout <seconds>', 'longest wait for a reply (default: 120 for servers, none for local models)')
    .option('--cache', 'keep the answers of models, with your texts in them, and take them from there; see "el4ner cache"')
    .option('--json', 'print all figures, by type, with confusions')
    .addHelpText(
      'after',
      examples('el4ner calibrate --pool pool.index', 'el4ner extract --pool pool.index --min-score 0.9 --file letters.txt'),
    )
    .action(async (flags) => {
      const { calibrateCommand } = await import('./calibrate.ts');
      end(await calibrateCommand(parseFlags(calibrateFlags, flags), terminal));
    });
}

/** Adds `el4ner suggest`. */
export function addSuggest(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  const command = program
    .command('suggest')
    .description(
      'Find the texts whose labels would teach the ensemble most, with what it makes of them, to be corrected and added to the pool.',
    );
  addRequired(command, '--pool <path>', 'labelled sentences, or what "el4ner index" made of them');
  addRequired(command, '--texts <path>', 'texts without labels: {"text"} one a line in .jsonl, or a text a line')
    .option('--types <names>', 'entity types: a,b or @types.json (default: those of the pool)')
    .option('--n <number>', 'texts to suggest (default: 20)')
    .option('--sample <number>', 'texts to read at most, chosen by the seed (default: 300)')
    .option('--seed <number>', 'chooses what is read (default: 0)')
    .addOption(
      new Option('--format <name>', 'jsonl, a labelled sentence a line with what is doubtful about it; or text, to read')
        .choices(['jsonl', 'text'])
        .default('jsonl'),
    );
  addStats(addPipeline(command))
    .addHelpText(
      'after',
      examples(
        'el4ner suggest --pool pool.index --texts unlabelled.jsonl --n 20 > to-correct.jsonl',
        'el4ner convert to-correct.jsonl tasks.json --to label-studio',
      ),
    )
    .action(async (flags) => {
      const { suggestCommand } = await import('./suggest.ts');
      end(await suggestCommand(parseFlags(suggestFlags, flags), terminal));
    });
  addSelection(command);
}

/** Adds `el4ner label`. */
export function addLabel(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  const command = program
    .command('label')
    .description('Make a pool from texts without labels: of those on which the members agree, what they find in them.');
  addTexts(command)
    .option('--n <number>', 'texts to label at most (default: 100)')
    .option('--least <number>', 'how much of the opinions must speak for each decision, from 0 to 1 (default: 0.7)')
    .option('--sample <number>', 'texts to read at most, chosen by the seed (default: 1000)')
    .option('--seed <number>', 'chooses what is read (default: 0)');
  addStats(addPipeline(command))
    .addHelpText(
      'after',
      examples(
        'el4ner label --texts unlabelled.jsonl --types person,city > pool.jsonl',
        'el4ner extract --pool pool.jsonl "Ada Lovelace lived in London."',
      ),
    )
    .action(async (flags) => {
      const { label } = await import('./label.ts');
      end(await label(parseFlags(labelFlags, flags), terminal));
    });
  addSelection(command);
}

/** Adds `el4ner agreement`. */
export function addAgreement(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  const command = program
    .command('agreement')
    .description('Weigh the members of an ensemble by how far they agree with each other, where no labels tell whom to trust.');
  addTexts(command)
    .option('--models <uris>', 'the ensemble, separated by commas (default: the bundled models)')
    .option('--k <number>', 'demonstrations for each text (default: 5)')
    .addOption(retrievalFlags.embedder(', or that of the index'))
    .option('--timeout <seconds>', 'longest wait for a reply (default: 120 for servers, none for local models)')
    .option('--cache', 'keep the answers of models, with your texts in them, and take them from there; see "el4ner cache"')
    .option('--sample <number>', 'texts to read at most, chosen by the seed (default: 200)')
    .option('--seed <number>', 'chooses what is read (default: 0)')
    .option('--json', 'print all figures')
    .addHelpText('after', examples('el4ner agreement --texts unlabelled.jsonl --types person,city'))
    .action(async (flags) => {
      const { agreementCommand } = await import('./agreement.ts');
      end(await agreementCommand(parseFlags(agreementFlags, flags), terminal));
    });
}

/** Adds what is read where labels are few or none. */
function addTexts(command: Command): Command {
  return addRequired(command, '--texts <path>', 'texts without labels: {"text"} one a line in .jsonl, or a text a line')
    .option('--pool <path>', 'labelled sentences, or what "el4ner index" made of them (default: none)')
    .option('--types <names>', 'entity types: a,b or @types.json (default: those of the pool, else person,location,organization)');
}
