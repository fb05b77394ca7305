import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { randomIntegers } from '../src/random.ts';

/** The shape of a model of the Llama architecture; all but the vocabulary must be multiples of 32, `width` of 64. */
export interface Shape {
  readonly width: number;
  readonly layers: number;
  readonly feedForward: number;
  readonly vocabulary: number;
}

interface Tensor {
  readonly name: string;
  readonly dimensions: readonly number[];
  readonly type: number;
  /** Of its weights behind the header, in bytes. */
  readonly offset: number;
}

/** Types of values and tensors, as GGUF numbers them. */
const kinds = { uint32: 4, int32: 5, float32: 6, string: 8, array: 9 } as const;
const [f32, q8] = [0, 8];
const alignment = 32;
/** A block of Q8_0: a scale as a 16-bit float, and 32 weights of a byte. */
const block = { weights: 32, bytes: 34 };
const headWidth = 64;
/** 2⁻¹² as a 16-bit float. */
const scale = 0x0c00;

/**
 * Writes a model with weights of chance, in Q8_0, which is as fast as a trained one of its shape. The same shape gives the same bytes.
 * Its vocabulary has the 256 bytes and otherwise made-up words: feed it tokens, not text.
 */
export async function writeMadeUpGguf(path: string, shape: Shape): Promise<void> {
  const tensors = tensorsOf(shape);
  const file = createWriteStream(path);
  const header = Buffer.concat(headerOf(shape, tensors));
  file.write(Buffer.concat([header, Buffer.alloc(padding(header.length))]));
  for (const tensor of tensors) {
    const bytes = tensor.type === f32 ? ones(tensor) : blocksOfChance(tensor);
    if (!file.write(Buffer.concat([bytes, Buffer.alloc(padding(bytes.length))]))) await once(file, 'drain');
  }
  file.end();
  await finished(file);
}

function tensorsOf({ width, layers, feedForward, vocabulary }: Shape): readonly Tensor[] {
  const matrix = (name: string, rows: number, columns: number) => ({ name: `${name}.weight`, dimensions: [columns, rows], type: q8 });
  const norm = (name: string) => ({ name: `${name}.weight`, dimensions: [width], type: f32 });
  const layer = (prefix: string) => [
    norm(`${prefix}.attn_norm`),
    norm(`${prefix}.ffn_norm`),
    ...['attn_q', 'attn_k', 'attn_v', 'attn_output'].map((name) => matrix(`${prefix}.${name}`, width, width)),
    matrix(`${prefix}.ffn_gate`, feedForward, width),
    matrix(`${prefix}.ffn_up`, feedForward, width),
    matrix(`${prefix}.ffn_down`, width, feedForward),
  ];
  const layered = Array.from({ length: layers }, (_, at) => layer(`blk.${at}`)).flat();
  let offset = 0;
  return [matrix('token_embd', vocabulary, width), norm('output_norm'), ...layered].map((tensor) => {
    const placed = { ...tensor, offset };
    const bytes = tensor.type === f32 ? 4 * width : (sizeOf(placed) / block.weights) * block.bytes;
    offset += bytes + padding(bytes);
    return placed;
  });
}

function headerOf(shape: Shape, tensors: readonly Tensor[]): Buffer[] {
  const { width, layers, feedForward, vocabulary } = shape;
  const bytePieces = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
  const special = ['<unk>', '<s>', '</s>'];
  const words = Array.from({ length: vocabulary - special.length - bytePieces.length }, (_, at) => `\u2581w${at}`);
  const entries = [
    entry('general.architecture', kinds.string, string('llama')),
    ...Object.entries({
      context_length: 4096,
      embedding_length: width,
      block_count: layers,
      feed_forward_length: feedForward,
      'attention.head_count': width / headWidth,
      'attention.head_count_kv': width / headWidth,
      'rope.dimension_count': headWidth,
      vocab_size: vocabulary,
    }).map(([name, value]) => entry(`llama.${name}`, kinds.uint32, uint32(value))),
    entry('llama.attention.layer_norm_rms_epsilon', kinds.float32, float32(1e-5)),
    entry('tokenizer.ggml.model', kinds.string, string('llama')),
    entry('tokenizer.ggml.tokens', kinds.array, array(kinds.string, [...special, ...bytePieces, ...words].map(string))),
    entry(
      'tokenizer.ggml.scores',
      kinds.array,
      array(
        kinds.float32,
        Array.from({ length: vocabulary }, (_, at) => float32(-at)),
      ),
    ),
    entry(
      'tokenizer.ggml.token_type',
      kinds.array,
      array(kinds.int32, [2, 3, 3, ...bytePieces.map(() => 6), ...words.map(() => 1)].map(uint32)),
    ),
  ];
  return [Buffer.from('GGUF'), uint32(3), uint64(tensors.length), uint64(entries.length), ...entries, ...tensors.map(listed)];
}

function listed({ name, dimensions, type, offset }: Tensor): Buffer {
  return Buffer.concat([string(name), uint32(dimensions.length), ...dimensions.map(uint64), uint32(type), uint64(offset)]);
}

function ones(tensor: Tensor): Buffer {
  return Buffer.concat(Array.from({ length: sizeOf(tensor) }, () => float32(1)));
}

/** Weights of any byte, with scales that keep sums near 1. */
function blocksOfChance(tensor: Tensor): Buffer {
  const bytes = Buffer.alloc((sizeOf(tensor) / block.weights) * block.bytes);
  const next = randomIntegers(tensor.offset);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
  for (let at = 0; at < words.length; at++) words[at] = next();
  for (let at = 0; at < bytes.length; at += block.bytes) bytes.writeUInt16LE(scale, at);
  return bytes;
}

function sizeOf({ dimensions }: Tensor): number {
  return dimensions.reduce((a, b) => a * b);
}

function padding(length: number): number {
  return (alignment - (length % alignment)) % alignment;
}

function entry(key: string, kind: number, value: Buffer): Buffer {
  return Buffer.concat([string(key), uint32(kind), value]);
}

function array(kind: number, values: readonly Buffer[]): Buffer {
  return Buffer.concat([uint32(kind), uint64(values.length), ...values]);
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([uint64(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function float32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}
