import type { TypedSpan } from '../../src/document/labelled.ts';
import { bySpan, sameSpan } from '../../src/document/span.ts';
import type { TracedWindow } from '../../src/pipeline/recognition.ts';
import type { ShownMention } from '../text/shown-mention.ts';

/** A mention that was found, as results and data sets have it. */
interface Found extends TypedSpan {
  readonly score?: number | undefined;
}

/** A string that a model wrote and that is nowhere in the text. */
export interface Hallucination {
  readonly modelId: string;
  readonly stage: string;
  readonly reply: string;
}

/** What is to be shown of a text: what was found or corrected, and behind it what was rejected, by a person or on the way. */
export function shownMentions(
  mentions: readonly Found[],
  { windows = [], found = mentions }: { readonly windows?: readonly TracedWindow[]; readonly found?: readonly TypedSpan[] } = {},
): readonly ShownMention[] {
  const accepted = mentions.map(({ start, end, type, score }): ShownMention => {
    const isFound = found.some((one) => sameSpan(one, { start, end }) && one.type === type);
    return { key: `${start}-${end}-${type}`, start, end, type, score, state: isFound ? 'found' : 'corrected' };
  });
  const denied = found.map(({ start, end, type }): ShownMention => {
    return { key: `${start}-${end}-${type}-denied`, start, end, type, state: 'rejected', reason: `A person says that it is no ${type}.` };
  });
  const others = [...denied, ...rejectedIn(windows)].filter((rejected) => !mentions.some((mention) => sameSpan(mention, rejected)));
  return [...accepted, ...others].sort((a, b) => bySpan(a, b) || Number(a.state === 'rejected') - Number(b.state === 'rejected'));
}

/** Mentions that another window decides on are shown as that one says. */
function rejectedIn(windows: readonly TracedWindow[]): readonly ShownMention[] {
  return windows.flatMap(({ start: offset, document }, window) =>
    document.mentions.flatMap((mention): ShownMention[] => {
      if (mention.status !== 'rejected' || mention.stage === 'merge') return [];
      const { stage, reason, type } = mention;
      const [start, end] = [mention.start + offset, mention.end + offset];
      return [{ key: `${window}-${start}-${end}-${type}-${stage}`, start, end, type, state: 'rejected', reason: `${stage}: ${reason}` }];
    }),
  );
}

/** What models wrote that is not in the text, each string of a model once. */
export function hallucinationsIn(windows: readonly TracedWindow[]): readonly Hallucination[] {
  const all = windows.flatMap(({ document }) => document.hallucinations);
  return [...new Map(all.map((one) => [JSON.stringify([one.modelId, one.reply]), one])).values()];
}
