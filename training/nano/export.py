"""Writes a trained model as GGUF (architecture llama, SentencePiece vocabulary).

    python3 export.py --model RUN/model.pt --spm vocabulary.model --out model.gguf [--type q8_0|f16] [--name NAME]

Matrices become Q8_0 (blocks of 32 weights with one half-precision scale) or float16, gains stay float32. Control tokens get the type *control*, so
that plain text can never produce one.
"""
import argparse
import struct

import numpy as np
import sentencepiece
import torch

U32, I32, F32, BOOL, STR, ARRAY = 4, 5, 6, 7, 8, 9     # GGUF's value types
FLOAT32, FLOAT16, Q8_0 = 0, 1, 8                       # and its tensor types
NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6            # and its token types
ALIGNMENT = 32


def text(value):
    raw = value.encode()
    return struct.pack('<Q', len(raw)) + raw


def entry(key, kind, value):
    if kind == ARRAY:
        of, items = value
        body = struct.pack('<IQ', of, len(items)) + (b''.join(map(text, items)) if of == STR else np.asarray(items, '<f4' if of == F32 else '<i4').tobytes())
    else:
        body = text(value) if kind == STR else struct.pack({BOOL: '<?', F32: '<f', U32: '<I'}[kind], value)
    return text(key) + struct.pack('<I', kind) + body


def quantised(x):
    """[..., 32 n] float32 as Q8_0 blocks."""
    rows = x.reshape(-1, 32).astype(np.float32)
    scale = np.abs(rows).max(1) / 127.0
    whole = np.round(rows / np.where(scale == 0, 1, scale)[:, None]).astype(np.int8)
    out = np.zeros((len(rows), 34), np.uint8)
    out[:, :2] = scale.astype('<f2').view(np.uint8).reshape(-1, 2)
    out[:, 2:] = whole.view(np.uint8)
    return out.tobytes()


def metadata(config, processor, name, kind):
    ids = range(processor.vocab_size())
    kinds = [UNKNOWN if processor.is_unknown(i) else CONTROL if processor.is_control(i) else BYTE if processor.is_byte(i) else NORMAL for i in ids]
    return [
        ('general.architecture', STR, 'llama'), ('general.name', STR, name), ('general.license', STR, 'apache-2.0'),
        ('general.file_type', U32, 7 if kind == Q8_0 else 1),
        ('llama.context_length', U32, config['ctx']), ('llama.embedding_length', U32, config['dim']), ('llama.block_count', U32, config['layers']),
        ('llama.feed_forward_length', U32, config['ffn']), ('llama.attention.head_count', U32, config['heads']),
        ('llama.attention.head_count_kv', U32, config['heads']), ('llama.attention.layer_norm_rms_epsilon', F32, 1e-5),
        ('llama.rope.dimension_count', U32, config['dim'] // config['heads']), ('llama.rope.freq_base', F32, config['theta']),
        ('llama.vocab_size', U32, len(ids)), ('tokenizer.ggml.model', STR, 'llama'), ('tokenizer.ggml.pre', STR, 'default'),
        ('tokenizer.ggml.tokens', ARRAY, (STR, [processor.id_to_piece(i) for i in ids])),
        ('tokenizer.ggml.scores', ARRAY, (F32, [processor.get_score(i) for i in ids])), ('tokenizer.ggml.token_type', ARRAY, (I32, kinds)),
        ('tokenizer.ggml.bos_token_id', U32, 1), ('tokenizer.ggml.eos_token_id', U32, processor.piece_to_id('<|end|>')),
        ('tokenizer.ggml.unknown_token_id', U32, 0), ('tokenizer.ggml.add_bos_token', BOOL, True), ('tokenizer.ggml.add_eos_token', BOOL, False),
        ('tokenizer.ggml.add_space_prefix', BOOL, True),
    ]


def tensors(weights, layers):
    """llama.cpp's name of every tensor, with its values."""
    yield 'token_embd.weight', weights['emb']
    yield 'output_norm.weight', weights['norm']
    for i in range(layers):
        part = {key.split('.')[-1]: value for key, value in weights.items() if key.startswith(f'blocks.{i}.')}
        q, k, v = part['qkv'].chunk(3)
        gate, up = part['gate_up'].chunk(2)
        named = {'attn_norm': part['norm1'], 'ffn_norm': part['norm2'], 'attn_q': q, 'attn_k': k, 'attn_v': v, 'attn_output': part['o'],
                 'ffn_gate': gate, 'ffn_up': up, 'ffn_down': part['down']}
        yield from ((f'blk.{i}.{name}.weight', value) for name, value in named.items())


def export(model, spm, out, name, kind=Q8_0):
    """`model` is what train.py keeps as model.pt."""
    infos, blobs, offset = [], [], 0
    for tensor, value in tensors(model['model'], model['config']['layers']):
        x = value.float().contiguous().numpy()
        form = FLOAT32 if x.ndim == 1 else kind
        blob = quantised(x) if form == Q8_0 else x.astype('<f4' if form == FLOAT32 else '<f2').tobytes()
        infos.append(text(tensor) + struct.pack(f'<I{x.ndim}Q', x.ndim, *x.shape[::-1]) + struct.pack('<IQ', form, offset))
        blobs.append(blob + bytes(-len(blob) % ALIGNMENT))
        offset += len(blobs[-1])
    meta = metadata(model['config'], sentencepiece.SentencePieceProcessor(model_file=spm), name, kind)
    head = b'GGUF' + struct.pack('<IQQ', 3, len(infos), len(meta)) + b''.join(entry(*m) for m in meta) + b''.join(infos)
    with open(out, 'wb') as file:
        file.write(head + bytes(-len(head) % ALIGNMENT))
        file.writelines(blobs)


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ('--model', '--spm', '--out'):
        parser.add_argument(option, required=True)
    parser.add_argument('--type', choices=['q8_0', 'f16'], default='q8_0')
    parser.add_argument('--name', default='nano')
    a = parser.parse_args()
    export(torch.load(a.model, map_location='cpu'), a.spm, a.out, a.name, Q8_0 if a.type == 'q8_0' else FLOAT16)
