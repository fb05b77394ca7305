import type { DatasetFormatName } from '../../dataset/format.ts';
import { type ConvertFlags, flagName } from '../flags.ts';

/** The formats that a flag is for, where they are read and where they are written. */
interface Concern {
  readonly from?: readonly DatasetFormatName[];
  readonly to?: readonly DatasetFormatName[];
}

/** Flags that are not for all formats. */
const concerns = {
  tokenColumn: { from: ['conll'] },
  tagColumn: { from: ['conll'] },
  detokenize: { from: ['conll', 'hf', 'nested-json'] },
  labels: { from: ['hf'] },
  discontinuous: { from: ['brat', 'nested-json'] },
  ends: { from: ['nested-json'], to: ['nested-json'] },
  scheme: { to: ['conll', 'hf'] },
  tokenize: { to: ['conll', 'hf', 'nested-json', 'spacy', 'prodigy'] },
  idComments: { to: ['conll'] },
  offsetUnit: { to: ['jsonl'] },
  modelVersion: { to: ['label-studio'] },
} satisfies Partial<Record<keyof ConvertFlags, Concern>>;

/** A line on each flag that was given and does nothing with these formats. */
export function idleFlagNotes(
  flags: ConvertFlags,
  { from, to }: { readonly from: DatasetFormatName; readonly to: DatasetFormatName },
): readonly string[] {
  return Object.entries<Concern>(concerns).flatMap(([key, concern]) => {
    const value = flags[key as keyof typeof concerns]; // keys are lost in Object.entries
    const isIdle = concern.from?.includes(from) !== true && concern.to?.includes(to) !== true;
    if (value === undefined || value === false || !isIdle) return [];
    const formats = [
      ...(concern.from === undefined ? [] : [`for reading ${concern.from.join(', ')}`]),
      ...(concern.to === undefined ? [] : [`for writing ${concern.to.join(', ')}`]),
    ];
    return [`${flagName(key)} is ${formats.join(' or ')}, and does nothing where ${from} is read and ${to} written`];
  });
}
