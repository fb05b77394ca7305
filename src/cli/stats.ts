import { addUsage, noUsage } from '../model/dialogue.ts';
import type { Call } from '../pipeline/ensemble.ts';
import type { FailedRecognition, Recognition } from '../pipeline/recognition.ts';
import type { Usage } from '../prompting/dialect.ts';
import { alignedTable } from './table.ts';

/** What models did for a run, stage by stage and model by model. */
export interface RunStats {
  add(result: Recognition | FailedRecognition): void;
  /** An answer came from the cache. */
  replayed(): void;
  /** A table for people. */
  lines(): readonly string[];
}

interface Sum {
  readonly calls: number;
  readonly usage: Usage;
  readonly milliseconds: number;
}

const nothing: Sum = { calls: 0, usage: noUsage, milliseconds: 0 };

export function createStats(): RunStats {
  const sums = new Map<string, Sum>();
  let documents = 0;
  let replays = 0;
  return {
    add(result) {
      documents++;
      const calls = result.status === 'failed' ? result.attempts : result.trace.flatMap(({ document }) => document.calls);
      for (const call of calls) {
        const key = `${call.stage}\n${call.modelId}`;
        sums.set(key, sumOf(sums.get(key) ?? nothing, call));
      }
    },
    replayed() {
      replays++;
    },
    lines() {
      const head = ['stage', 'model', 'calls', 'prompted', 'evaluated', 'replied', 'seconds'];
      const all = [...sums.values()].reduce(
        (total, sum) => ({
          calls: total.calls + sum.calls,
          usage: addUsage(total.usage, sum.usage),
          milliseconds: total.milliseconds + sum.milliseconds,
        }),
        nothing,
      );
      const rows = Array.from(sums, ([key, sum]) => [...key.split('\n'), ...figures(sum)]);
      const perDocument = `${(all.calls / Math.max(1, documents)).toFixed(1)} calls a document`;
      return [
        ...alignedTable([head, ...rows, ['all', perDocument, ...figures(all)]], { right: [2, 3, 4, 5, 6] }),
        `Tokens: prompted, of these evaluated (the others stood in a model's memory), and replied. Answers from the cache: ${replays}; they count as when they were made.`,
      ];
    },
  };
}

function sumOf({ calls, usage, milliseconds }: Sum, call: Call): Sum {
  return { calls: calls + 1, usage: addUsage(usage, call.usage), milliseconds: milliseconds + call.durationMs };
}

function figures({ calls, usage: { promptTokens, cachedTokens, replyTokens }, milliseconds }: Sum): readonly string[] {
  const counts = [calls, promptTokens, promptTokens - cachedTokens, replyTokens].map((count) => count.toLocaleString('en'));
  return [...counts, (milliseconds / 1000).toFixed(1)];
}
