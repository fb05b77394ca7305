import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { cpus } from 'node:os';
import { pipeline } from 'node:stream/promises';
import type { LanguageModel } from '../model/language-model.ts';
import { runtimeVersion } from '../model/llama/runtime.ts';
import { weightsPath } from '../model/open.ts';
import type { IndexManifest } from '../pool/index/manifest.ts';

/** A model as far as it can be told from outside. */
export interface ModelIdentity {
  readonly id: string;
  /** Name and version of the dialect that it was asked in, which stands for its prompts. */
  readonly dialect: string;
  /** Of the file that it was loaded from, in hexadecimal; left out for models of servers. */
  readonly sha256?: string;
}

/** What decides the results of an experiment: equal identities give equal results. */
export interface Identity {
  readonly version: string;
  readonly models: readonly ModelIdentity[];
  /** Hashes of what was read, in hexadecimal. */
  readonly data: string;
  readonly pool: string;
  /** What prepared the pool, and its spans and vectors by their checksums; `null` where the systems prepare it themselves. */
  readonly index: IndexManifest | null;
  /** The id of what compares spans. */
  readonly embedder: string;
  readonly types: readonly string[];
  /** A hash of the types with their definitions, which prompts show. */
  readonly inventory: string;
  readonly limit: number | null;
  readonly seed: number;
  /** Options of the full system. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Where the sets are that an experiment read, and how it was asked for. */
export interface Origin {
  /** The command line, for a POSIX shell, that repeats it from the same folder; where results were written is left out. */
  readonly command: string;
  /** Paths as they were given. */
  readonly dataPath: string;
  readonly poolPath?: string;
}

/** An experiment's identity, and how, where and when it ran. */
export interface Manifest extends Identity, Origin {
  readonly date: string;
  readonly node: string;
  /** Version of node-llama-cpp; left out where all models are of servers. */
  readonly nodeLlamaCpp?: string;
  readonly machine: string;
}

/** `identity` on this machine now. */
export async function manifestOf(identity: Identity, origin: Origin): Promise<Manifest> {
  const [processor] = cpus();
  const isLocal = identity.models.some(({ sha256 }) => sha256 !== undefined);
  return {
    ...identity,
    ...origin,
    date: new Date().toISOString(),
    node: process.versions.node,
    ...(isLocal ? { nodeLlamaCpp: await runtimeVersion() } : {}),
    machine: `${process.platform} ${process.arch}, ${cpus().length} cores, ${processor?.model ?? 'unknown processor'}`,
  };
}

/** What is known of a model that was opened by its URI: one of a file by the file's hash, a server's by name. */
export async function modelIdentity({ id, dialect }: LanguageModel): Promise<ModelIdentity> {
  const path = await weightsPath(id);
  return path === undefined ? { id, dialect } : { id, dialect, sha256: await hashFile(path) };
}

/** The SHA-256 of a value's JSON, in hexadecimal. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
