import { createHash } from 'node:crypto';
import { appendFile, open, readFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { detectFormat } from '../../dataset/detect-format.ts';
import { isObject } from '../../dataset/json-shapes.ts';
import { jsonTexts } from '../../dataset/json-texts.ts';
import { writeWholeFile } from '../../dataset/whole-file.ts';
import type { LabelledSentence, LabelledText } from '../../document/labelled.ts';
import { usageError } from '../../error.ts';
import { distinctMentions } from '../../evaluation/distinct-mentions.ts';
import { readCalibrations } from '../../experiment/calibration-file.ts';
import { settleDirectory, unwritable } from '../../jobs/durable-file.ts';
import type { ServedPool } from '../../server/service.ts';
import { labelsOf, type OpenedPool, openPool } from '../pool.ts';
import type { Terminal } from '../terminal.ts';
import { checkLabels } from './asked-types.ts';

/** A pool as it stands; one to which something was added is another. */
export interface NamedPool extends OpenedPool {
  readonly path: string;
  readonly told: ServedPool;
}

/** The pools that requests can name. */
export interface Pools {
  all(): readonly NamedPool[];
  /** @throws {NerError} `usage` if there is none of this name. */
  called(name: string): NamedPool;
  /**
   * Adds sentences, also to the file, each mention once. One with the text of another takes its place and its id.
   * @param types - that were looked for; of others, the mentions of the sentence that gives way stay. Default: all.
   * @throws {NerError} `usage` for a pool that cannot be written, `unwritable-output`.
   * @throws {ProblemError} for a type that cannot stand beside those of the pool.
   */
  add(name: string, sentences: readonly LabelledText[], types?: readonly string[]): Promise<NamedPool>;
}

/**
 * Opens the pools of a server.
 * @param flags - see {@link poolCalled}.
 * @throws {NerError} `usage` for a name that comes twice; as `openPool` does. A file `*.jsonl` may be empty, or not there yet.
 */
export async function openPools(flags: readonly string[], opened: AsyncDisposableStack, terminal: Pick<Terminal, 'note'>): Promise<Pools> {
  const pools = new Map<string, NamedPool>();
  for (const flag of flags) {
    const { name, path } = poolCalled(flag);
    if (pools.has(name)) throw usageError(`Two pools are called ${name}. Give one of them another name: --pool NAME=${path}`);
    const found = await stat(path).catch(() => undefined);
    const isNew = path.endsWith('.jsonl') && (found?.size ?? 0) === 0;
    if (found === undefined && isNew) terminal.note(`${path} is not there yet; it begins with the first sentence that is saved`);
    const source = isNew ? { pool: [], labels: [] } : await openPool(path, {}, opened, terminal);
    pools.set(name, await describe(source, { name, path, isWritable: isNew || (await takesLines(path)) }));
  }
  function called(name: string): NamedPool {
    const pool = pools.get(name);
    if (pool !== undefined) return pool;
    const names = [...pools.keys()].join(', ');
    throw usageError(`There is no pool ${name}; expected ${names === '' ? 'none, as the server was given none' : `one of ${names}`}.`);
  }
  let writing: Promise<unknown> = Promise.resolve();
  return {
    all: () => [...pools.values()],
    called,
    add(name, added, types) {
      const adding = writing.then(async () => {
        const before = called(name);
        const { pool: sentences = [], path, told } = before;
        if (!told.isWritable)
          throw usageError(`Sentences cannot be added to the pool ${name}: it is no file .jsonl with our rows, one a line.`);
        if (added.length === 0) return before;
        const { byText, fresh } = joined(added, { name, sentences, types });
        const lines = fresh.map((sentence) => JSON.stringify(sentence));
        await (fresh.length < byText.size ? rewrite(path, byText, lines) : appendLines(path, lines));
        const pool = [...sentences.map((one) => ({ ...one, ...byText.get(one.text) })), ...fresh];
        const after = await describe({ pool, labels: labelsOf(pool) }, { ...told, path });
        pools.set(name, after);
        return after;
      });
      writing = adding.catch(() => undefined);
      return adding;
    },
  };
}

/** What a flag names: a path, perhaps with a name and `=` before it; the name is otherwise that of the file without its ending. */
export function poolCalled(flag: string): Pick<NamedPool, 'path'> & { readonly name: string } {
  const [, given, path = flag] = /^([\w.-]+)=(.+)$/.exec(flag) ?? [];
  return { name: given ?? basename(path).replace(/\.[^.]+$/, ''), path };
}

interface Joining {
  readonly name: string;
  readonly sentences: readonly LabelledSentence[];
  readonly types: readonly string[] | undefined;
}

/**
 * What a pool is to have of the texts that are added, and which of them it has not had yet.
 * @throws {ProblemError} for a type that cannot stand beside those of the pool.
 */
function joined(added: readonly LabelledText[], { name, sentences, types }: Joining) {
  const known = new Map(sentences.map(({ text, entities }) => [text, entities]));
  const staying = (text: string) => (types === undefined ? [] : (known.get(text) ?? []).filter(({ type }) => !types.includes(type)));
  const byText = new Map(added.map(({ text, entities }) => [text, { text, entities: distinctMentions([...staying(text), ...entities]) }]));
  const kept = sentences.map(({ text, entities }) => ({ text, entities: byText.has(text) ? staying(text) : entities }));
  checkLabels(added, labelsOf(kept), () => []);
  const first = nextNumber(name, sentences);
  const fresh = [...byText.values()]
    .filter(({ text }) => !known.has(text))
    .map((sentence, index): LabelledSentence => ({ id: `${name}:${first + index}`, ...sentence }));
  return { byText, fresh };
}

/** For the id of a sentence that is added: after all that ids of this form have, though lines were taken out. */
function nextNumber(name: string, sentences: readonly LabelledSentence[]): number {
  const numbers = sentences.map(({ id }) => (id.startsWith(`${name}:`) ? Number(id.slice(name.length + 1)) : 0));
  return 1 + numbers.reduce((most, number) => (Number.isSafeInteger(number) ? Math.max(most, number) : most), sentences.length);
}

/** Whether a line of ours may follow what a file has: nothing of another format, and no array. */
async function takesLines(path: string): Promise<boolean> {
  if (!path.endsWith('.jsonl') || !(await stat(path)).isFile() || (await detectFormat(path)) !== 'jsonl') return false;
  return !(await readFile(path, 'utf8')).trimStart().startsWith('[');
}

type Named = Pick<NamedPool, 'path'> & Pick<ServedPool, 'name' | 'isWritable'>;

async function describe(opened: OpenedPool, { name, path, isWritable }: Named): Promise<NamedPool> {
  const { pool, index } = opened;
  const mentions = index?.labels().map(({ type, mentions }) => ({ name: type, mentions })) ?? countsOf(pool ?? []);
  const calibrations = index === undefined ? [] : await readCalibrations(path);
  const told = {
    name,
    sentences: index?.size ?? pool?.length ?? 0,
    revision: revisionOf(index?.manifest ?? pool?.map(({ text, entities }) => [text, entities]) ?? []),
    types: mentions,
    isWritable,
    isCalibrated: calibrations.length > 0,
  };
  return { ...opened, path, told };
}

function revisionOf(content: object): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 12);
}

function countsOf(pool: readonly LabelledSentence[]): ServedPool['types'] {
  const mentions = pool.flatMap(({ entities }) => entities);
  return labelsOf(pool).map((name) => ({ name, mentions: mentions.filter(({ type }) => type === name).length }));
}

/** Adds lines to a file, whose last one may lack its end. */
async function appendLines(path: string, lines: readonly string[]): Promise<void> {
  try {
    const last = await lastByte(path);
    await appendFile(path, `${last === undefined || last === 10 ? '' : '\n'}${lines.join('\n')}\n`, { flush: true });
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** Gives the lines of texts other mentions, and adds lines; what else lines say, and all others, stay as they are. */
async function rewrite(path: string, byText: ReadonlyMap<unknown, LabelledText>, added: readonly string[]): Promise<void> {
  const lines: string[] = [];
  try {
    for await (const { text: line = '' } of jsonTexts(path)) lines.push(corrected(line, byText));
    await writeWholeFile(path, `${[...lines, ...added].join('\n')}\n`);
    await using file = await open(path, 'r+');
    await file.sync();
    await settleDirectory(dirname(path));
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

function corrected(line: string, byText: ReadonlyMap<unknown, LabelledText>): string {
  const row: unknown = JSON.parse(line.trim());
  if (!isObject(row)) return line;
  const { entities } = byText.get(row['text']) ?? {};
  return entities === undefined ? line : JSON.stringify({ ...row, entities, offsetUnit: undefined });
}

/** `undefined` if there is none. */
async function lastByte(path: string): Promise<number | undefined> {
  await using file = await open(path, 'a+');
  const { size } = await file.stat();
  if (size === 0) return undefined;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0];
}
