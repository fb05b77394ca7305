import { addUsage, noUsage } from '../model/dialogue.ts';
import type { Call } from '../pipeline/ensemble.ts';
import type { Preparation } from '../pipeline/preparation.ts';
import type { FailedRecognition, Recognition } from '../pipeline/recognition.ts';
import type { Usage } from '../prompting/dialect.ts';
import { counted } from './counted.ts';
import { costOf, type Prices, readPrices } from './prices.ts';
import { alignedTable } from './table.ts';

/** What models did for a run, stage by stage and model by model. */
export interface RunStats {
  add(result: Recognition | FailedRecognition): void;
  /** A table for people, and what is to be known about it. */
  lines(preparation: Pick<Preparation, 'calls'>): readonly string[];
}

export interface StatsOptions {
  /** Whether answers may come from the cache. Default: no. */
  readonly cache?: boolean;
  /** Default: nothing is said of costs. */
  readonly prices?: Prices;
}

/** What was asked and answered; the usage and the time are of the calls that were no replays. */
interface Sum {
  readonly calls: number;
  readonly replays: number;
  readonly usage: Usage;
  /** Tokens of the replays, prompted or replied. */
  readonly saved: number;
  readonly milliseconds: number;
  /** `undefined` as far as there is no price. */
  readonly cost: number | undefined;
}

const nothing: Sum = { calls: 0, replays: 0, usage: noUsage, saved: 0, milliseconds: 0, cost: undefined };

/**
 * The account that the flags ask for, if they do.
 * @throws {NerError} `unreadable-input` for a file that has no prices.
 */
export async function openStats(flags: {
  readonly stats: boolean;
  readonly prices?: string;
  readonly cache?: boolean;
}): Promise<RunStats | undefined> {
  const { stats, prices, cache = false } = flags;
  if (prices !== undefined) return createStats({ cache, prices: await readPrices(prices) });
  return stats ? createStats({ cache }) : undefined;
}

export function createStats({ cache = false, prices }: StatsOptions = {}): RunStats {
  const sums = new Map<string, Sum>();
  let documents = 0;
  return {
    add(result) {
      documents++;
      const calls = result.status === 'failed' ? result.attempts : result.trace.flatMap(({ document }) => document.calls);
      for (const call of calls) {
        const key = `${call.stage}\n${call.modelId}`;
        sums.set(key, addSums(sums.get(key) ?? nothing, sumOf(call, prices)));
      }
    },
    lines({ calls: preparing }) {
      const columns = [...usualColumns, ...(cache ? cacheColumns : []), ...(prices === undefined ? [] : [costColumn])];
      const cells = (sum: Sum): readonly string[] => columns.map(({ cell }) => cell(sum));
      const all = [...sums.values()].reduce(addSums, nothing);
      const perDocument = `${(all.calls / Math.max(1, documents)).toFixed(1)} calls a document`;
      const rows = [
        ['stage', 'model', ...columns.map(({ name }) => name)],
        ...Array.from(sums, ([key, sum]) => [...key.split('\n'), ...cells(sum)]),
        ['all', perDocument, ...cells(all)],
      ];
      const unpriced = new Set(Array.from(sums).flatMap(([key, { cost }]) => (cost === undefined ? key.split('\n').slice(1) : [])));
      return [
        ...alignedTable(rows, { right: columns.map((_, at) => at + 2) }),
        "Tokens: prompted, of these evaluated (the others stood in a model's memory), and replied.",
        ...(cache
          ? ['Calls whose answers were cached took no time and no tokens; saved are the tokens that they took when they were made.']
          : []),
        ...(prices === undefined ? [] : [`Cost: in the currency of the prices.${leftOut([...unpriced])}`]),
        ...(preparing === 0 ? [] : [`Preparing the pool took ${counted(preparing, 'call')} more, which are not in the table.`]),
      ];
    },
  };
}

interface Column {
  readonly name: string;
  readonly cell: (sum: Sum) => string;
}

const usualColumns: readonly Column[] = [
  { name: 'calls', cell: ({ calls }) => whole(calls) },
  { name: 'prompted', cell: ({ usage }) => whole(usage.promptTokens) },
  { name: 'evaluated', cell: ({ usage }) => whole(usage.promptTokens - usage.cachedTokens) },
  { name: 'replied', cell: ({ usage }) => whole(usage.replyTokens) },
  { name: 'seconds', cell: ({ milliseconds }) => (milliseconds / 1000).toFixed(1) },
];

const cacheColumns: readonly Column[] = [
  { name: 'cached', cell: ({ replays }) => whole(replays) },
  { name: 'saved', cell: ({ saved }) => whole(saved) },
];

const costColumn: Column = { name: 'cost', cell: ({ cost }) => cost?.toFixed(4) ?? '-' };

function whole(count: number): string {
  return count.toLocaleString('en');
}

function leftOut(models: readonly string[]): string {
  return models.length === 0 ? '' : ` The total leaves out ${models.join(', ')}, for which there is no price.`;
}

function sumOf(call: Call, prices: Prices | undefined): Sum {
  const { usage, durationMs: milliseconds } = call;
  // What is no language model takes no tokens.
  const price = call.kind === undefined ? prices?.get(call.modelId) : { input: 0, output: 0 };
  if (!call.replayed) return { ...nothing, calls: 1, usage, milliseconds, cost: price && costOf(usage, price) };
  return { ...nothing, calls: 1, replays: 1, saved: usage.promptTokens + usage.replyTokens, cost: price && 0 };
}

function addSums(a: Sum, b: Sum): Sum {
  return {
    calls: a.calls + b.calls,
    replays: a.replays + b.replays,
    usage: addUsage(a.usage, b.usage),
    saved: a.saved + b.saved,
    milliseconds: a.milliseconds + b.milliseconds,
    cost: a.cost === undefined ? b.cost : a.cost + (b.cost ?? 0),
  };
}
