import { aimText } from '../flag-values.ts';
import { type EvalFlags, flagName } from '../flags.ts';
import { spanWeightsText } from '../span-weights.ts';

/** Flags that say where results and answers go, and nothing about what they are. */
const outputs: readonly string[] = ['journal', 'json', 'html', 'compare', 'cache'] satisfies readonly (keyof EvalFlags)[];

/** The command line, for a POSIX shell, that repeats an experiment; where its results were written is left out. */
export function reproducingCommand(flags: EvalFlags): string {
  const { aim, ...others } = flags;
  const told = aim === undefined ? others : { ...others, aim: aimText(aim) };
  const words = Object.entries(told).flatMap(([key, value]) => {
    if (outputs.includes(key) || value === false) return [];
    if (value === true) return [flagName(key)];
    const isWeights = typeof value === 'object' && !Array.isArray(value);
    return [flagName(key), shellWord(isWeights ? spanWeightsText(value) : String(value))];
  });
  return ['el4ner eval', ...words].join(' ');
}

function shellWord(text: string): string {
  return /^[\w./:=,@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
