import { addUsage, noUsage } from '../model/dialogue.ts';
import type { Call } from '../pipeline/ensemble.ts';
import type { CallRecord, RecordedPreparation } from '../pipeline/preparation.ts';
import type { FailedRecognition, Recognition } from '../pipeline/recognition.ts';
import type { Usage } from '../prompting/dialect.ts';
import { counted } from './counted.ts';
import { costOf, type Prices, readPrices } from './prices.ts';
import { alignedTable } from './table.ts';

/** What models did for a run, stage by stage and model by model. */
export interface RunStats {
  add(result: Recognition | FailedRecognition): void;
  /** Adds what models did for one document. */
  addCalls(calls: readonly DocumentCall[]): void;
  /** A table for people, and what is to be known about it. */
  lines(preparation: Pick<RecordedPreparation, 'attempts'>): readonly string[];
}

/** A call about a document, as far as it is counted. */
type DocumentCall = Pick<CallRecord, 'modelId' | 'kind' | 'usage' | 'durationMs' | 'replayed'> & Pick<Row, 'stage'>;

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
  /** Calls of language models that told no tokens. */
  readonly untold: number;
  /** Tokens of the replays, prompted or replied. */
  readonly saved: number;
  readonly milliseconds: number;
  /** Without the calls that have no price or told no tokens; `undefined` where there are no others. */
  readonly cost: number | undefined;
}

const nothing: Sum = { calls: 0, replays: 0, usage: noUsage, untold: 0, saved: 0, milliseconds: 0, cost: undefined };

/** A row of the table. */
interface Row {
  readonly stage: string;
  readonly modelId: string;
  readonly sum: Sum;
}

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
  let asked: readonly Row[] = [];
  let documents = 0;
  const columns = [...usualColumns, ...(cache ? cacheColumns : []), ...(prices === undefined ? [] : [costColumn])];
  const cells = (sum: Sum): readonly string[] => columns.map(({ cell }) => cell(sum));
  function addCalls(calls: readonly DocumentCall[]): void {
    documents++;
    asked = rowsOf(calls, { prices, before: asked });
  }
  return {
    add: (result) => addCalls(callsOf(result)),
    addCalls,
    lines({ attempts }) {
      const prepared = rowsOf(
        attempts.map((call) => ({ ...call, stage: 'prepare' })),
        { prices },
      );
      const rows = [...prepared, ...asked];
      const perDocument = (total(asked).calls / Math.max(1, documents)).toFixed(1);
      const table = [
        ['stage', 'model', ...columns.map(({ name }) => name)],
        ...rows.map(({ stage, modelId, sum }) => [stage, modelId, ...cells(sum)]),
        ['all', `${perDocument} calls a document`, ...cells(total(rows))],
      ];
      return [
        ...alignedTable(table, { right: columns.map((_, at) => at + 2) }),
        "Tokens: prompted, of these evaluated (the others stood in a model's memory), and replied.",
        'Seconds: the sum over calls, also failed ones; waiting for a turn at a model counts.',
        ...(cache
          ? ['Calls whose answers were cached took no time and no tokens; saved are the tokens that they took when they were made.']
          : []),
        ...(prices === undefined ? [] : [`Cost: in the currency of the prices.${costNote(rows, prices)}`]),
        ...(prepared.length === 0 ? [] : ['The calls that prepared the pool are not among the calls a document.']),
      ];
    },
  };
}

/** Every call about a document, whatever became of it. */
export function callsOf(result: Recognition | FailedRecognition): readonly Call[] {
  return result.status === 'failed' ? result.attempts : result.trace.flatMap(({ document }) => document.calls);
}

/** The rows before, and with them the calls, by stage and model. */
function rowsOf(
  calls: readonly DocumentCall[],
  { prices, before = [] }: { readonly prices: Prices | undefined; readonly before?: readonly Row[] },
): readonly Row[] {
  const keyOf = ({ stage, modelId }: Pick<Row, 'stage' | 'modelId'>) => `${stage}\n${modelId}`;
  const rows = new Map(before.map((row) => [keyOf(row), row]));
  for (const call of calls) {
    const { stage, modelId } = call;
    rows.set(keyOf(call), { stage, modelId, sum: addSums(rows.get(keyOf(call))?.sum ?? nothing, sumOf(call, prices)) });
  }
  return [...rows.values()];
}

function total(rows: readonly Row[]): Sum {
  return rows.map(({ sum }) => sum).reduce(addSums, nothing);
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

/** What the costs are without, and what of the prices was for nothing. */
function costNote(rows: readonly Row[], prices: Prices): string {
  const models = Map.groupBy(rows, ({ modelId }) => modelId);
  const unpriced: string[] = [];
  const untold: string[] = [];
  for (const [modelId, ofModel] of models) {
    const calls = total(ofModel).untold;
    if (!prices.has(modelId) && ofModel.some(({ sum }) => sum.cost === undefined)) unpriced.push(modelId);
    else if (calls > 0) untold.push(`${counted(calls, 'call')} of ${modelId}`);
  }
  const unasked = [...prices.keys()].filter((modelId) => !models.has(modelId));
  return [
    ...(unpriced.length === 0 ? [] : [` The total leaves out ${unpriced.join(', ')}, for which there is no price.`]),
    ...(untold.length === 0 ? [] : [` The total leaves out ${untold.join(', ')}, of which no tokens are known.`]),
    ...(unasked.length === 0 ? [] : [` There are prices of ${unasked.join(', ')}, which no model asked is called.`]),
  ].join('');
}

function sumOf(call: DocumentCall, prices: Prices | undefined): Sum {
  const { usage, durationMs: milliseconds, kind, modelId, replayed = false } = call;
  // What is no language model takes no tokens.
  const price = kind === undefined ? prices?.get(modelId) : { input: 0, output: 0 };
  if (replayed) return { ...nothing, calls: 1, replays: 1, saved: usage.promptTokens + usage.replyTokens, cost: price && 0 };
  const isUntold = kind === undefined && usage.promptTokens === 0;
  return {
    ...nothing,
    calls: 1,
    usage,
    untold: isUntold ? 1 : 0,
    milliseconds,
    cost: isUntold ? undefined : price && costOf(usage, price),
  };
}

function addSums(a: Sum, b: Sum): Sum {
  return {
    calls: a.calls + b.calls,
    replays: a.replays + b.replays,
    usage: addUsage(a.usage, b.usage),
    untold: a.untold + b.untold,
    saved: a.saved + b.saved,
    milliseconds: a.milliseconds + b.milliseconds,
    cost: a.cost === undefined ? b.cost : a.cost + (b.cost ?? 0),
  };
}
