import type { LlamaContextSequence } from 'node-llama-cpp';
import { type BranchingSequence, branchingSequence, type Prefix } from './branching-sequence.ts';

/** One of several sequences. */
interface Slot {
  readonly branches: BranchingSequence;
  /** What it was last asked for. */
  last: Prefix | undefined;
}

/** Sequences that each keep a prefix. Disposing releases their contexts. */
export interface PrefixSlots extends BranchingSequence, AsyncDisposable {}

/**
 * Branches on several sequences of contexts of their own, so that the tasks of several texts in work at once each find the prefix of their text.
 * Which of them is taken changes what is evaluated anew, and never what comes out.
 * @param open - opens a context's only sequence.
 * @param wanted - how many texts are in work at once, as far as is known; asked for before each branch.
 */
export async function prefixSlots(open: () => Promise<LlamaContextSequence>, wanted: () => number): Promise<PrefixSlots> {
  await using opening = new AsyncDisposableStack();
  async function openSlot(contexts: AsyncDisposableStack): Promise<Slot> {
    const sequence = await open();
    contexts.defer(() => sequence.context.dispose());
    return { branches: branchingSequence(sequence), last: undefined };
  }
  /** The one that was used longest ago comes first. */
  let slots: readonly Slot[] = [await openSlot(opening)];
  const contexts = opening.move();

  async function slotFor(prefix: Prefix): Promise<Slot> {
    const holder = slots.find(({ last }) => last !== undefined && isSame(last, prefix));
    if (holder !== undefined) return holder;
    const [oldest] = slots;
    if (oldest === undefined || (oldest.last !== undefined && slots.length < wanted())) return openSlot(contexts);
    return oldest;
  }

  return {
    async branch(prefix, walk, signal) {
      const slot = await slotFor(prefix);
      slots = [...slots.filter((other) => other !== slot), slot];
      slot.last = prefix;
      return slot.branches.branch(prefix, walk, signal);
    },
    [Symbol.asyncDispose]: () => contexts.disposeAsync(),
  };
}

function isSame(a: Prefix, b: Prefix): boolean {
  return (
    a.length === b.length && a.every((part, at) => part.length === b[at]?.length && part.every((token, index) => token === b[at]?.[index]))
  );
}
