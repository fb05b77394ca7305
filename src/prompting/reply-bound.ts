/**
 * A generous bound for a reply that lists the mentions of a text: `perByte` tokens for each UTF-8 byte, which is enough where
 * every word is a mention, since no tokenizer makes more tokens than bytes; at most 2,048, for models that do not find an end.
 * What a reply has up to there is used.
 */
export function boundOfMentions(text: string, perByte: number): number {
  return Math.min(2048, 64 + perByte * Buffer.byteLength(text));
}

/** A generous bound for a reply with one of the choices for each of `count` questions, and up to twelve tokens around it. */
export function boundOfChoices(count: number, choices: readonly string[]): number {
  return 32 + count * (12 + Math.max(...choices.map((choice) => Buffer.byteLength(choice))));
}
