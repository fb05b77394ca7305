import { wordBoundaries } from '../../document/boundaries.ts';
import type { JsonSchema } from '../../prompting/dialect.ts';
import { partQuoter, quote } from '../../prompting/quoting.ts';

/** Longer texts than this many words and gaps make a grammar that costs more time than the model. */
const longestText = 1000;

/**
 * A schema as a grammar of llama.cpp (GBNF): compact JSON with at most one space between its parts.
 * @param partsOf - if given, every string without an enum must be a part of this text, from the beginning of a word to the end of
 * one; left free for texts too long for it.
 *
 * Strings are spelled as in prompts, control tokens broken: a grammar with `</s>` in it would let the model take the token of that name.
 */
export function jsonGrammar(schema: JsonSchema, partsOf?: string): string {
  const parts = partsOf === undefined ? undefined : partRules(partsOf);
  const rules = [
    `root ::= ${expression(schema, parts !== undefined)}`,
    String.raw`free ::= "\"" ([^"\\\x00-\x1f] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4}))* "\""`,
    'gap ::= " "?',
    ...(parts ?? []),
  ];
  return `${rules.join('\n')}\n`;
}

function expression(schema: JsonSchema, parts: boolean): string {
  switch (schema.type) {
    case 'object': {
      const members = schema.required.flatMap((name) => {
        const member = schema.properties[name];
        return member === undefined ? [] : [`${literal(JSON.stringify(name))} gap ":" gap ${expression(member, parts)}`];
      });
      return `"{" gap ${members.join(' "," gap ')} gap "}"`;
    }
    case 'array': {
      const item = expression(schema.items, parts);
      return `"[" gap (${item} ("," gap ${item})*)? gap "]"`;
    }
    case 'string':
      if (schema.enum !== undefined) return `(${schema.enum.map((value) => literal(quote(value))).join(' | ')})`;
      return parts ? 'part' : 'free';
    default:
      return schema satisfies never;
  }
}

/**
 * Rules for the parts of a text. The text is cut wherever a part may begin or end; rule `c7` is piece 7 with as many of the pieces
 * behind it as wanted, so that the grammar grows with the text and not with its square.
 */
function partRules(text: string): readonly string[] | undefined {
  const { startsAt, endsAt } = wordBoundaries(text);
  const cuts = Array.from({ length: text.length + 1 }, (_, offset) => offset).filter(
    (offset) => offset === 0 || offset === text.length || startsAt(offset) || endsAt(offset),
  );
  const pieces = cuts
    .slice(0, -1)
    .map((start, index) => ({ start, text: text.slice(start, cuts[index + 1]), end: cuts[index + 1] ?? start }));
  const quoted = partQuoter(text);
  const begins = pieces.flatMap((piece, index) => (startsAt(piece.start) && piece.text.trim() !== '' ? [`c${index}`] : []));
  if (begins.length === 0 || pieces.length > longestText) return undefined;
  const last = pieces.findLastIndex((piece) => piece.text.trim() !== '' && endsAt(piece.end));
  const chain = pieces.slice(0, last + 1).map((piece, index) => {
    const mayEnd = piece.text.trim() !== '' && endsAt(piece.end);
    const rest = index === last ? '' : mayEnd ? ` c${index + 1}?` : ` c${index + 1}`;
    return `c${index} ::= ${literal(quoted(piece.start, piece.end))}${rest}`;
  });
  const reachable = begins.filter((name) => Number(name.slice(1)) <= last);
  return [`part ::= "\\"" (${reachable.join(' | ')}) "\\""`, ...chain];
}

/** Characters as GBNF spells them: a string in quotes. */
function literal(characters: string): string {
  return `"${characters.replace(/[\\"]/g, '\\$&')}"`;
}
