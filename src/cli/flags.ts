import { z } from 'zod';
import { datasetFormatNames } from '../dataset/format.ts';
import { writableTagSchemes } from '../dataset/tag-schemes.ts';
import { NerError } from '../error.ts';
import { candidateSpanSources, usualCandidateSpans } from '../pool/span-sources.ts';
import { budgetFlags } from './budget-flags.ts';
import { modelUris, seconds, share, wholeNumber } from './flag-values.ts';
import { formatNames } from './format.ts';
import { pipelineFlags } from './pipeline-flags.ts';
import { progressKinds } from './run/run-progress.ts';
import { statsFlags } from './stats-flags.ts';

/** What `el4ner extract` can be told. The keys that the recognizer's options have too mean the same. */
export const extractFlags = z.object({
  file: z.array(z.string()).default([]),
  types: z.string().exactOptional(),
  pool: z.string().exactOptional(),
  ...pipelineFlags,
  quorum: wholeNumber(1).exactOptional(),
  ...budgetFlags,
  workers: wholeNumber(1).default(1),
  format: z.enum(formatNames).default('text'),
  trace: z.boolean().default(false),
  ...statsFlags,
});
export type ExtractFlags = z.infer<typeof extractFlags>;

/** What `el4ner run` can be told. */
export const runFlags = z.object({
  out: z.string(),
  resume: z.boolean().default(false),
  retryFailed: z.boolean().default(false),
  from: z.enum(datasetFormatNames).exactOptional(),
  skipBad: z.boolean().default(false),
  progress: z.enum(progressKinds).default('line'),
  patience: wholeNumber(0).default(60),
  types: z.string().exactOptional(),
  pool: z.string().exactOptional(),
  ...pipelineFlags,
  quorum: wholeNumber(1).exactOptional(),
  ...budgetFlags,
  workers: wholeNumber(1).default(1),
  trace: z.boolean().default(false),
  queue: z.string().exactOptional(),
  chunk: wholeNumber(1, 1000).default(16),
  attempts: wholeNumber(1, 20).default(5),
  ...statsFlags,
});
export type RunFlags = z.infer<typeof runFlags>;

function isOrigin(origin: string): boolean {
  return URL.canParse(origin) && new URL(origin).origin === origin;
}

/** What `el4ner serve` can be told. */
export const serveFlags = z.object({
  host: z.string().default('127.0.0.1'),
  port: wholeNumber(0).default(8787),
  models: modelUris.exactOptional(),
  pool: z.array(z.string()).default([]),
  timeout: seconds.exactOptional(),
  cache: z.boolean().exactOptional(),
  workers: wholeNumber(1).default(2),
  maxBody: wholeNumber(1).default(1_000_000),
  maxDatasetBody: wholeNumber(1).default(50_000_000),
  maxDocuments: wholeNumber(1).default(100),
  maxRequests: wholeNumber(1).default(64),
  requestTimeout: seconds.default(300),
  cors: z
    .array(z.string())
    .default([])
    .refine((origins) => origins.every(isOrigin), 'origins such as http://localhost:3000, without a path'),
});
export type ServeFlags = z.infer<typeof serveFlags>;

/** What `el4ner mcp` can be told. */
export const mcpFlags = serveFlags.pick({ models: true, pool: true, timeout: true, cache: true, workers: true, requestTimeout: true });
export type McpFlags = z.infer<typeof mcpFlags>;

/** What `el4ner worker` can be told. */
export const workerFlags = z.object({
  queue: z.string().exactOptional(),
  types: z.string().exactOptional(),
  pool: z.string().exactOptional(),
  ...pipelineFlags,
  quorum: wholeNumber(1).exactOptional(),
  workers: wholeNumber(1).default(1),
  wait: z.boolean().default(false),
  health: z.string().exactOptional(),
  takeOver: seconds.default(30),
});
export type WorkerFlags = z.infer<typeof workerFlags>;

/** What `el4ner index` can be told. */
export const indexFlags = z.object({
  out: z.string(),
  types: z.string().exactOptional(),
  models: modelUris.exactOptional(),
  candidateSpans: z.enum(candidateSpanSources).default(usualCandidateSpans),
  embedder: z.string().exactOptional(),
  timeout: seconds.exactOptional(),
  replace: z.boolean().default(false),
});
export type IndexFlags = z.infer<typeof indexFlags>;

/** What `el4ner calibrate` can be told. */
export const calibrateFlags = z.object({
  pool: z.string(),
  types: z.string().exactOptional(),
  models: modelUris.exactOptional(),
  k: wholeNumber(0).exactOptional(),
  sample: wholeNumber(1).default(300),
  seed: wholeNumber(0).default(0),
  workers: wholeNumber(1).default(1),
  timeout: seconds.exactOptional(),
  cache: z.boolean().exactOptional(),
  json: z.boolean().default(false),
});
export type CalibrateFlags = z.infer<typeof calibrateFlags>;

/** What `el4ner suggest` can be told. */
export const suggestFlags = z.object({
  texts: z.string(),
  pool: z.string(),
  types: z.string().exactOptional(),
  ...pipelineFlags,
  n: wholeNumber(1).default(20),
  sample: wholeNumber(1).default(300),
  seed: wholeNumber(0).default(0),
  format: z.enum(['jsonl', 'text']).default('jsonl'),
  ...statsFlags,
});
export type SuggestFlags = z.infer<typeof suggestFlags>;

/** What `el4ner label` can be told. */
export const labelFlags = z.object({
  texts: z.string(),
  pool: z.string().exactOptional(),
  types: z.string().exactOptional(),
  ...pipelineFlags,
  n: wholeNumber(1).default(100),
  least: share.default(0.7),
  sample: wholeNumber(1).default(1000),
  seed: wholeNumber(0).default(0),
  ...statsFlags,
});
export type LabelFlags = z.infer<typeof labelFlags>;

/** What `el4ner agreement` can be told. */
export const agreementFlags = z.object({
  texts: z.string(),
  pool: z.string().exactOptional(),
  types: z.string().exactOptional(),
  models: modelUris.exactOptional(),
  k: wholeNumber(0).exactOptional(),
  embedder: z.string().exactOptional(),
  timeout: seconds.exactOptional(),
  cache: z.boolean().exactOptional(),
  sample: wholeNumber(1).default(200),
  seed: wholeNumber(0).default(0),
  json: z.boolean().default(false),
});
export type AgreementFlags = z.infer<typeof agreementFlags>;

/** What `el4ner cache stats` can be told. */
export const cacheStatsFlags = z.object({ json: z.boolean().default(false) });
export type CacheStatsFlags = z.infer<typeof cacheStatsFlags>;

/** What `el4ner models ls` can be told. */
export const modelsListFlags = z.object({ format: z.enum(['text', 'json']).default('text'), json: z.boolean().default(false) });
export type ModelsListFlags = z.infer<typeof modelsListFlags>;

/** What `el4ner models show` can be told. */
export const modelsShowFlags = z.object({ json: z.boolean().default(false) });
export type ModelsShowFlags = z.infer<typeof modelsShowFlags>;

/** What `el4ner models bench` can be told. */
export const modelsBenchFlags = modelsShowFlags.extend({ timeout: seconds.exactOptional() });
export type ModelsBenchFlags = z.infer<typeof modelsBenchFlags>;

/** What `el4ner datasets ls` can be told. */
export const datasetsListFlags = modelsListFlags.extend({ cache: z.string().exactOptional() });
export type DatasetsListFlags = z.infer<typeof datasetsListFlags>;

/** What `el4ner datasets get` can be told. */
export const datasetsGetFlags = datasetsListFlags.extend({ out: z.string().exactOptional(), detokenize: z.boolean().default(false) });
export type DatasetsGetFlags = z.infer<typeof datasetsGetFlags>;

const columnNumber = z
  .string()
  .regex(/^-?[1-9]\d{0,5}$/, 'the number of a column from 1, or from -1 for the last one')
  .transform(Number);

/** What `el4ner convert` can be told; what is left out is as the settings of readers and writers have it. */
export const convertFlags = z.object({
  from: z.enum(datasetFormatNames).exactOptional(),
  to: z.enum(datasetFormatNames).exactOptional(),
  tokenColumn: columnNumber.exactOptional(),
  tagColumn: columnNumber.exactOptional(),
  scheme: z.enum(writableTagSchemes).exactOptional(),
  tokenize: z.enum(['words', 'spaces']).exactOptional(),
  detokenize: z.boolean().default(false),
  discontinuous: z.enum(['refuse', 'flatten']).exactOptional(),
  labels: z.string().exactOptional(),
  ends: z.enum(['exclusive', 'inclusive']).exactOptional(),
  idComments: z.boolean().default(false),
  offsetUnit: z.enum(['utf16', 'codepoint']).exactOptional(),
  modelVersion: z.string().exactOptional(),
  skipBad: z.boolean().default(false),
});
export type ConvertFlags = z.infer<typeof convertFlags>;

/** What `el4ner doctor` can be told. */
export const doctorFlags = z.object({ models: modelUris.exactOptional(), timeout: seconds.exactOptional() });
export type DoctorFlags = z.infer<typeof doctorFlags>;

/** What `el4ner eval` can be told. */
export const evalFlags = z.object({
  data: z.string().exactOptional(),
  pool: z.string().exactOptional(),
  types: z.string().exactOptional(),
  ...pipelineFlags,
  ablate: z.boolean().default(false),
  presets: z.boolean().default(false),
  limit: wholeNumber(1).exactOptional(),
  poolLimit: wholeNumber(1).exactOptional(),
  seed: wholeNumber(0).default(0),
  journal: z.string().exactOptional(),
  json: z.string().exactOptional(),
  html: z.string().exactOptional(),
  compare: z.tuple([z.string(), z.string()], 'two files that eval --json wrote').exactOptional(),
});
export type EvalFlags = z.infer<typeof evalFlags>;

/** What `el4ner score` can be told. */
export const scoreFlags = z.object({
  gold: z.string(),
  pred: z.string().exactOptional(),
  compare: z.string().exactOptional(),
  scheme: z.enum(['conlleval', 'iob2', 'iobes', 'spans']).exactOptional(),
  match: z.enum(['spans', 'text']).default('spans'),
  from: z.enum(datasetFormatNames).exactOptional(),
  resamples: wholeNumber(1, 1_000_000).default(1000),
  shuffles: wholeNumber(1, 1_000_000).default(10_000),
  seed: wholeNumber(0).default(0),
  json: z.boolean().default(false),
});
export type ScoreFlags = z.infer<typeof scoreFlags>;

/**
 * The values of a command's flags, from what the command line's parser collected.
 * @throws {NerError} `usage`, naming the flag, what was expected and what came.
 */
export function parseFlags<T>(schema: z.ZodType<T>, flags: Readonly<Record<string, unknown>>): T {
  const parsed = schema.safeParse(flags);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const key = String(issue?.path[0]);
  throw new NerError(
    `${flagName(key)} is "${String(flags[key])}"; expected ${issue?.message}.`,
    { code: 'usage' },
    { cause: parsed.error },
  );
}

/** A flag as the command line has it, `--candidate-spans` for `candidateSpans`. */
export function flagName(key: string): string {
  return `--${key.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;
}
