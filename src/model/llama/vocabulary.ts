import type { LlamaModel, Token } from 'node-llama-cpp';
import { type ControlToken, controlTokens, type Segment } from '../../prompting/nano.ts';
import { recentlyUsed } from '../recently-used.ts';

/** The vocabulary of a nano model: its control tokens and the bytes of every other token. */
export interface NanoVocabulary {
  readonly control: Readonly<Record<ControlToken, Token>>;
  /** The UTF-8 bytes of a token; `undefined` for control tokens and ids outside the vocabulary. */
  bytes(token: Token): Uint8Array | undefined;
  /** Plain text to tokens: nothing in it is ever read as a control token. Begins with a space, as SentencePiece does. */
  encode(text: string): readonly Token[];
  encodeSegments(segments: readonly Segment[]): Token[];
  readonly begin: Token;
}

const sentencePieceSpace = /\u2581/g;
const bytePiece = /^<0x([0-9A-F]{2})>$/;
/** Texts whose tokens are kept: the demonstrations and types of one prompt come back in the next ones. */
const rememberedTexts = 4096;
/** GGUF's token types that have bytes: normal, user-defined and byte. */
const types = { normal: 1, userDefined: 4, byte: 6 } as const;

/** The nano vocabulary of a model, or `undefined` if the model does not have every control token. */
export function nanoVocabulary(model: LlamaModel): NanoVocabulary | undefined {
  const { tokens, token_type: tokenTypes } = model.fileInfo.metadata.tokenizer?.ggml ?? {};
  const begin = model.tokens.bos;
  if (tokens === undefined || tokenTypes === undefined || begin === null) return undefined;
  const ids = new Map(tokens.map((piece, id) => [piece, id as Token])); // a position in the vocabulary is what llama.cpp calls a token
  const control: Partial<Record<ControlToken, Token>> = {};
  for (const name of controlTokens) {
    const id = ids.get(`<|${name}|>`);
    if (id === undefined) return undefined;
    control[name] = id;
  }
  const pieces = tokens.map((piece, id) => pieceBytes(piece, tokenTypes[id]));
  const complete = control as Record<ControlToken, Token>; // the loop has filled every name
  const encoded = recentlyUsed<readonly Token[]>(rememberedTexts);
  function encode(text: string): readonly Token[] {
    const tokens = encoded.get(text) ?? (text === '' ? [] : model.tokenize(text, false));
    encoded.set(text, tokens);
    return tokens;
  }
  return {
    control: complete,
    begin,
    encode,
    bytes: (token) => pieces[token],
    encodeSegments: (segments) =>
      segments.flatMap((segment) => ('control' in segment ? [complete[segment.control]] : encode(segment.text))),
  };
}

function pieceBytes(piece: string, type: number | undefined): Uint8Array | undefined {
  const byte = type === types.byte ? bytePiece.exec(piece)?.[1] : undefined;
  if (byte !== undefined) return Uint8Array.of(Number.parseInt(byte, 16));
  if (type !== types.normal && type !== types.userDefined) return undefined;
  return new TextEncoder().encode(piece.replace(sentencePieceSpace, ' '));
}
