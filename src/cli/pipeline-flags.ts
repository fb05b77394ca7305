import { type Command, Option } from 'commander';
import { z } from 'zod';
import { combinations } from '../pipeline/combination.ts';
import { documentAgreements } from '../pipeline/document-agreement.ts';
import { presetNames } from '../pipeline/options.ts';
import { votings } from '../pipeline/vote.ts';
import { retrievers } from '../pool/demonstration.ts';
import { candidateSpanSources, querySpanSources } from '../pool/span-sources.ts';
import { aim, modelUris, seconds, share, wholeNumber } from './flag-values.ts';
import { retrievalFlags } from './retrieval-flags.ts';
import { selectionFlags } from './selection-flags.ts';
import { spanWeightsFlag } from './span-weights.ts';

const weights = z
  .string()
  .transform((list) => list.split(',').map((weight) => (weight.trim() === '' ? Number.NaN : Number(weight))))
  .refine((values) => values.every((value) => value > 0 && Number.isFinite(value)), 'numbers above 0, one a model, separated by commas');

/** How the commands that run the pipeline can be told what it is made of; the keys mean the same as in the recognizer's options. */
export const pipelineFlags = {
  preset: z.enum(presetNames).exactOptional(),
  models: modelUris.exactOptional(),
  weights: weights.exactOptional(),
  verifier: z.string().exactOptional(),
  k: wholeNumber(0).exactOptional(),
  retriever: z.enum(retrievers).exactOptional(),
  voting: z.enum(votings).exactOptional(),
  combination: z.enum(combinations).exactOptional(),
  reflection: z.boolean().exactOptional(),
  onReject: z.enum(['drop', 'retype']).exactOptional(),
  decision: z.enum(['calibrated', 'votes']).exactOptional(),
  aim: aim.exactOptional(),
  minScore: share.exactOptional(),
  overlaps: z.enum(['flat', 'nested']).exactOptional(),
  windowLength: wholeNumber(1).exactOptional(),
  windowOverlap: wholeNumber(0).exactOptional(),
  documentAgreement: z.enum(documentAgreements).exactOptional(),
  candidateSpans: z.enum(candidateSpanSources).exactOptional(),
  querySpans: z.enum(querySpanSources).exactOptional(),
  spanWeights: spanWeightsFlag.exactOptional(),
  embedder: z.string().exactOptional(),
  ...selectionFlags,
  demonstrationTokens: wholeNumber(0).exactOptional(),
  timeout: seconds.exactOptional(),
  sparing: z.boolean().exactOptional(),
  cache: z.boolean().exactOptional(),
};

/** Adds the flags of types and pool to a command that can do without both. */
export function addSource(command: Command): Command {
  return command
    .option('--types <names>', 'entity types: a,b or @types.json (default: those of the pool, else person,location,organization)')
    .option(
      '--pool <path>',
      'labelled sentences: a file in any format of "el4ner convert", a directory of .jsonl files, or what "el4ner index" made',
    );
}

/** Adds these flags to a command, but for those of the selection, which are a group of their own. */
export function addPipeline(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--preset <name>',
        'flags at once: paper, as the paper has it; balanced, the same entities by fewer calls; fast, one call a model and text',
      ).choices(presetNames),
    )
    .option(
      '--models <uris>',
      'the ensemble, separated by commas (default: the bundled models, and pool:tagger with a pool of 20 sentences or more); see "el4ner models ls"',
    )
    .option(
      '--weights <numbers>',
      'what the votes of the models weigh, separated by commas (default: 1 each, or what bundled models bring)',
    )
    .option('--verifier <uri>', 'who verifies: a model, "all" of the ensemble, or "nobody" (default: all)')
    .option('--k <number>', 'demonstrations for each text (default: 5)')
    .addOption(new Option('--retriever <name>', 'how demonstrations are chosen (default: span-similarity)').choices(retrievers))
    .addOption(new Option('--voting <how>', 'count votes one each or by probabilities (default: soft)').choices(votings))
    .addOption(
      new Option(
        '--combination <how>',
        'whose spans go on: of any member, of most, of all, or of most and those in contexts like theirs (default: union)',
      ).choices(combinations),
    )
    .option('--reflection', 'ask also about spans that nobody found and that the labels of the pool make likely')
    .addOption(
      new Option('--on-reject <what>', 'drop what verification denies, or ask about its second best type (default: drop)').choices([
        'drop',
        'retype',
      ]),
    )
    .addOption(
      new Option(
        '--decision <how>',
        'by what "el4ner calibrate" found out about the members, or by their votes (default: calibrated if the index has a calibration of this ensemble)',
      ).choices(['calibrated', 'votes']),
    )
    .option(
      '--aim <aim>',
      'with a calibration, what is kept: for the best f1, the best macro-f1, or so much precision:0.9 or recall:0.9 of each type (default: f1)',
    )
    .option('--sparing', 'do not ask models whose answers could change no entity')
    .option('--min-score <number>', 'least score of an entity that is kept, from 0 to 1 (default: 0)')
    .addOption(new Option('--overlaps <mode>', 'whether entities may overlap (default: flat)').choices(['flat', 'nested']))
    .option(
      '--window-length <number>',
      'characters to which sentences of a longer text go into one window (default: what suits the models)',
    )
    .option('--window-overlap <number>', 'sentences of a long text that its windows share with the one before (default: 0)')
    .addOption(
      new Option(
        '--document-agreement <how>',
        'about a string that a document has as several types: none, report it, or give it that of the majority (default: none)',
      ).choices(documentAgreements),
    )
    .addOption(retrievalFlags.candidateSpans(', or as the index has it'))
    .addOption(retrievalFlags.querySpans())
    .addOption(retrievalFlags.spanWeights())
    .addOption(retrievalFlags.embedder(', or that of the index'))
    .option('--timeout <seconds>', 'longest wait for a reply (default: 120 for servers, none for local models)')
    .option('--cache', 'keep the answers of models, with your texts in them, and take them from there; see "el4ner cache"');
}
