import type { Token } from 'node-llama-cpp';
import type { NanoItem, NanoReply } from '../../prompting/nano.ts';
import type { Decoder, Ranking } from './branching-sequence.ts';
import { choose } from './choice.ts';
import { type SubstringState, type SubstringTracker, substringTracker } from './substring.ts';
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
    const { odds } = reply;
    const chosen = await choose(decoder, pending, { choices: closed, ...(odds === undefined ? {} : { odds }) });
    const probabilities = new Map(reply.choices.map((choice, index) => [choice, chosen.probabilities[index] ?? 0]));
    items.push({ choice: reply.choices[chosen.index] ?? '', probabilities });
    pending = chosen.pending;
    tokens += closed[chosen.index]?.length ?? 0;
  }
  return { items, tokens, finishReason: 'stop' };
}

async function writeSubstrings(
  writer: NanoWriter,
  { of, choices, leastEnd = 0 }: Extract<NanoReply, { kind: 'substrings' }>,
): Promise<NanoText> {
  const { sep, end, type } = writer.vocabulary.control;
  const tracker = substringTracker(of);
  const closings = choices === undefined ? [sep, end] : [type];
  const written = new Set<string>();
  const items: NanoItem[] = [];
  let pending = writer.question;
  let tokens = 0;
  const rest = (): NanoWriter => ({ ...writer, question: pending, maxReplyTokens: writer.maxReplyTokens - tokens });

  while (pending.at(-1) !== end) {
    const string = await writeString(rest(), {
      tracker,
      closings,
      ...(items.length === 0 ? { instead: end } : {}),
      ...(leastEnd > 0 ? { reluctance: { end, least: leastEnd } } : {}),
    });
    tokens += string.tokens;
    if (string.kind === 'cut-off') return { items, tokens, finishReason: 'length' };
    // A model that writes a string again has nothing new to say and would go round in circles.
    if (string.kind === 'none' || written.has(string.text)) break;
    written.add(string.text);
    pending = string.pending;
    if (choices === undefined) {
      items.push({ text: string.text });
    } else {
      const typed = await writeType(rest(), choices);
      if (typed === undefined) return { items, tokens, finishReason: 'length' };
      items.push({ text: string.text, choice: typed.choice });
      tokens += typed.tokens;
      pending = typed.pending;
    }
  }
  return { items, tokens, finishReason: 'stop' };
}

/** What a string may be, which tokens may stand behind it, and which one `instead` of it. */
interface StringForm {
  readonly tracker: SubstringTracker;
  readonly closings: readonly Token[];
  readonly instead?: Token;
  readonly reluctance?: Reluctance;
}

/** What one more token makes of a string: more of it, a closed one, or none at all. */
type Step =
  | { readonly kind: 'more'; readonly state: SubstringState }
  | { readonly kind: 'closed'; readonly text: string }
  | { kind: 'none' };

/** What a reply's end must be worth to be taken: its least probability, in [0, 1]. Below it the likeliest other token is. */
interface Reluctance {
  readonly end: Token;
  readonly least: number;
}

/** A string, unless there is none or no room for it; the token that closes it is left in `pending`. */
type WrittenString = { readonly tokens: number } & (
  | { readonly kind: 'closed'; readonly text: string; readonly pending: readonly Token[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'cut-off' }
);

async function writeString({ decoder, vocabulary, question, maxReplyTokens }: NanoWriter, form: StringForm): Promise<WrittenString> {
  const { tracker, closings, instead, reluctance } = form;
  let state = tracker.start;
  let pending = question;

  function read(token: Token): Step | undefined {
    if (token === instead && state === tracker.start) return { kind: 'none' };
    if (closings.includes(token)) {
      const text = tracker.finished(state);
      return text === undefined ? undefined : { kind: 'closed', text };
    }
    const bytes = vocabulary.bytes(token);
    const next = bytes === undefined ? undefined : tracker.read(state, bytes);
    return next === undefined ? undefined : { kind: 'more', state: next };
  }

  for (let tokens = 1; tokens <= maxReplyTokens; tokens++) {
    const taken = await likeliest(decoder, pending, read, reluctance);
    if (taken === undefined || taken.step.kind === 'none') return { kind: 'none', tokens };
    const { token, step } = taken;
    pending = [token];
    if (step.kind === 'closed') return { ...step, tokens, pending };
    state = step.state;
  }
  return { kind: 'cut-off', tokens: maxReplyTokens };
}

/** The most probable token after `pending` that can be read, and what it makes. A doubted end is taken where nothing else is likely. */
async function likeliest<S>(
  decoder: Decoder,
  pending: readonly Token[],
  read: (token: Token) => S | undefined,
  reluctance?: Reluctance,
): Promise<Taken<S> | undefined> {
  const { sure, doubted } = readable(await decoder.likeliest(pending), read, reluctance);
  return sure ?? doubted ?? readable(await decoder.all(), read).sure;
}

interface Taken<S> {
  readonly token: Token;
  readonly step: S;
}

function readable<S>(ranking: Ranking, read: (token: Token) => S | undefined, reluctance?: Reluctance) {
  let doubted: Taken<S> | undefined;
  for (const [token, probability] of ranking) {
    const step = read(token);
    if (step === undefined) continue;
    if (token !== reluctance?.end || probability >= reluctance.least) return { sure: { token, step }, doubted };
    doubted = { token, step };
  }
  return { sure: undefined, doubted };
}

/** The type of a string with the token behind it, fed as `choose` does; nothing if there may be no room for it. */
async function writeType({ decoder, vocabulary, question, maxReplyTokens }: NanoWriter, choices: readonly string[]) {
  const { sep, end } = vocabulary.control;
  const closed = choices.flatMap((choice) => [sep, end].map((closing) => ({ choice, tokens: [...vocabulary.encode(choice), closing] })));
  if (Math.max(...closed.map(({ tokens }) => tokens.length)) > maxReplyTokens) return undefined;
  const { index, pending } = await choose(decoder, question, { choices: closed.map(({ tokens }) => tokens) });
  const chosen = closed[index];
  return chosen && { choice: chosen.choice, tokens: chosen.tokens.length, pending };
}
