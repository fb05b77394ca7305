import type { Token } from 'node-llama-cpp';
import type { NanoItem, NanoReply } from '../../prompting/nano.ts';
import type { Decoder } from './branching-sequence.ts';
import { choose } from './choice.ts';
import { substringTracker } from './substring.ts';
import type { NanoVocabulary } from './vocabulary.ts';

/** A reply of a nano model: its items, and how many tokens it took to write them. */
export interface NanoText {
  readonly items: readonly NanoItem[];
  readonly tokens: number;
  readonly finishReason: 'stop' | 'length';
}

/** What a reply is written with. */
export interface NanoWriter {
  readonly decoder: Decoder;
  readonly vocabulary: NanoVocabulary;
  /** The tokens that ask for the reply, not fed yet. */
  readonly question: readonly Token[];
  readonly maxReplyTokens: number;
}

/** Writes a reply that is well formed by construction: at every token the most probable one that the form allows is taken. */
export function writeReply(writer: NanoWriter, reply: NanoReply): Promise<NanoText> {
  return reply.kind === 'choices' ? writeChoices(writer, reply) : writeSubstrings(writer, reply);
}

async function writeChoices(
  { decoder, vocabulary, question }: NanoWriter,
  reply: Extract<NanoReply, { kind: 'choices' }>,
): Promise<NanoText> {
  const { sep, end } = vocabulary.control;
  const encoded = reply.choices.map((choice) => vocabulary.encode(choice));
  const items: NanoItem[] = [];
  let pending: readonly Token[] = question;
  let tokens = 0;
  for (let slot = 1; slot <= reply.slots; slot++) {
    const closed = encoded.map((choice) => [...choice, slot === reply.slots ? end : sep]);
    const chosen = await choose(decoder, pending, closed);
    items.push({ choice: reply.choices[chosen.index] ?? '', probability: chosen.probability });
    pending = chosen.pending;
    tokens += closed[chosen.index]?.length ?? 0;
  }
  return { items, tokens, finishReason: 'stop' };
}

async function writeSubstrings(
  { decoder, vocabulary, question, maxReplyTokens }: NanoWriter,
  reply: Extract<NanoReply, { kind: 'substrings' }>,
): Promise<NanoText> {
  const { sep, end, type } = vocabulary.control;
  const tracker = substringTracker(reply.of);
  const written = new Set<string>();
  const items: NanoItem[] = [];
  let state = tracker.start;
  let pending: readonly Token[] = question;

  const step = (token: Token): { closed?: string; state?: typeof state } | undefined => {
    if (token === end && state === tracker.start && items.length === 0) return {};
    const closes = reply.choices === undefined ? token === sep || token === end : token === type;
    if (closes) {
      const closed = tracker.finished(state);
      return closed === undefined ? undefined : { closed };
    }
    const bytes = vocabulary.bytes(token);
    const next = bytes === undefined ? undefined : tracker.read(state, bytes);
    return next === undefined ? undefined : { state: next };
  };

  for (let tokens = 1; tokens <= maxReplyTokens; tokens++) {
    const likeliest = await decoder.next(pending);
    const token =
      step(likeliest) === undefined ? [...(await decoder.ranking()).keys()].find((other) => step(other) !== undefined) : likeliest;
    const taken = token === undefined ? undefined : step(token);
    if (token === undefined || taken === undefined) return { items, tokens, finishReason: 'stop' };
    pending = [token];
    if (taken.state !== undefined) {
      state = taken.state;
      continue;
    }
    // A model that writes a string again has nothing new to say and would go round in circles.
    if (taken.closed === undefined || written.has(taken.closed)) return { items, tokens, finishReason: 'stop' };
    written.add(taken.closed);
    let last = token === end;
    if (reply.choices === undefined) {
      items.push({ text: taken.closed });
    } else {
      const closings = reply.choices.flatMap((choice) => [sep, end].map((closing) => [...vocabulary.encode(choice), closing]));
      const chosen = await choose(decoder, pending, closings);
      items.push({ text: taken.closed, choice: reply.choices[chosen.index >> 1] ?? '' });
      pending = chosen.pending;
      tokens += closings[chosen.index]?.length ?? 0;
      last = closings[chosen.index]?.at(-1) === end;
    }
    if (last) return { items, tokens, finishReason: 'stop' };
    state = tracker.start;
  }
  return { items, tokens: maxReplyTokens, finishReason: 'length' };
}
