import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { cpus } from 'node:os';
import { pipeline } from 'node:stream/promises';
import { bundledModels } from '../model/bundled.ts';
import type { LanguageModel } from '../model/language-model.ts';

/** A model as far as it can be told from outside. */
export interface ModelIdentity {
  readonly id: string;
  /** Name and version of the dialect that it was asked in, which stands for its prompts. */
  readonly dialect: string;
  /** Of its file in hexadecimal; left out for models of servers. */
  readonly sha256?: string;
}

/** What decides the results of an experiment: equal identities give equal results. */
export interface Identity {
  readonly version: string;
  readonly models: readonly ModelIdentity[];
  /** Hashes of what was read, in hexadecimal. */
  readonly data: string;
  readonly pool: string;
  readonly types: readonly string[];
  /** A hash of the types with their definitions, which prompts show. */
  readonly inventory: string;
  readonly limit: number | null;
  readonly seed: number;
  /** Options of the full system. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** An experiment's identity, and how, where and when it ran. */
export interface Manifest extends Identity {
  /** The command line, for a POSIX shell, that repeats it from the same folder; where results were written is left out. */
  readonly command: string;
  readonly date: string;
  readonly node: string;
  readonly machine: string;
}

/** `identity` on this machine now, as `command` asked for it. */
export function manifestOf(identity: Identity, command: string): Manifest {
  const [processor] = cpus();
  return {
    ...identity,
    command,
    date: new Date().toISOString(),
    node: process.versions.node,
    machine: `${process.platform} ${process.arch}, ${cpus().length} cores, ${processor?.model ?? 'unknown processor'}`,
  };
}

/** What is known of a model: bundled ones and files by their hash, servers' by name. */
export async function modelIdentity({ id, dialect }: LanguageModel): Promise<ModelIdentity> {
  const bundled = (await bundledModels()).find(({ name }) => id === `nano:${name}`);
  if (bundled !== undefined) return { id, dialect, sha256: bundled.sha256 };
  const path = /^gguf:([^?]+)/.exec(id)?.[1];
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
