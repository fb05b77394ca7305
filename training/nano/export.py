"""Writes a trained model as GGUF (architecture llama, SentencePiece vocabulary), and reads such a file again to train on from there.

    python3 export.py --model RUN/model.pt --spm vocabulary.model --out model.gguf [--type q8_0|f16] [--name NAME]

Matrices become Q8_0 or float16, gains stay float32. Control tokens get the type *control*, so that plain text can never produce one.
"""
import argparse

import sentencepiece
import torch

import gguf
from gguf import ARRAY, BOOL, F32, FLOAT16, FLOAT32, I32, Q8_0, STR, U32

NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6  # types of tokens


def pieces(processor):
    return [processor.id_to_piece(i) for i in range(processor.vocab_size())]


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
        ('tokenizer.ggml.tokens', ARRAY, (STR, pieces(processor))),
        ('tokenizer.ggml.scores', ARRAY, (F32, [processor.get_score(i) for i in ids])), ('tokenizer.ggml.token_type', ARRAY, (I32, kinds)),
        ('tokenizer.ggml.bos_token_id', U32, 1), ('tokenizer.ggml.eos_token_id', U32, processor.piece_to_id('<|end|>')),
        ('tokenizer.ggml.unknown_token_id', U32, 0), ('tokenizer.ggml.add_bos_token', BOOL, True), ('tokenizer.ggml.add_eos_token', BOOL, False),
        ('tokenizer.ggml.add_space_prefix', BOOL, True),
    ]


# Parts of a block by their names in model.py, and what llama.cpp calls the pieces that they are stacked of.
PARTS = {'norm1': ['attn_norm'], 'norm2': ['ffn_norm'], 'qkv': ['attn_q', 'attn_k', 'attn_v'], 'o': ['attn_output'],
         'gate_up': ['ffn_gate', 'ffn_up'], 'down': ['ffn_down']}


def export(model, spm, out, name, kind=Q8_0):
    """`model` is what train.py keeps as model.pt."""
    weights, layers = model['model'], model['config']['layers']
    named = {'token_embd': weights['emb'], 'output_norm': weights['norm']}
    for i in range(layers):
        for part, names in PARTS.items():
            named.update({f'blk.{i}.{n}': piece for n, piece in zip(names, weights[f'blocks.{i}.{part}'].chunk(len(names)))})
    tensors = [(f'{n}.weight', x.float().numpy(), FLOAT32 if x.dim() == 1 else kind) for n, x in named.items()]
    gguf.write(out, metadata(model['config'], sentencepiece.SentencePieceProcessor(model_file=spm), name, kind), tensors)


def weights_of(path, processor):
    """The state of a `Nano` from a model.pt with this vocabulary, or from a GGUF file that was written here, with any: a piece that it lacks is the mean of its parts."""
    if not path.endswith('.gguf'):
        return torch.load(path, map_location='cpu')['model']
    meta, tensors = gguf.read(path)
    named = {name[:-len('.weight')]: torch.from_numpy(x) for name, x in tensors.items()}
    place = {piece: i for i, piece in enumerate(meta['tokenizer.ggml.tokens'])}
    weights = {'emb': torch.stack([named['token_embd'][[place[part] for part in parts(piece, place)]].mean(0) for piece in pieces(processor)]), 'norm': named['output_norm']}
    for i in range(meta['llama.block_count']):
        weights.update({f'blocks.{i}.{part}': torch.cat([named[f'blk.{i}.{n}'] for n in names]) for part, names in PARTS.items()})
    return weights


def parts(piece, known):
    """The piece itself if it is known, else its longest known beginning, and so on; the bytes of what no piece begins."""
    out = []
    while piece:
        end = next((n for n in range(len(piece), 0, -1) if piece[:n] in known), 0)
        out += [piece[:end]] if end else [f'<0x{byte:02X}>' for byte in piece[0].encode()]
        piece = piece[end or 1:]
    return out


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ('--model', '--spm', '--out'):
        parser.add_argument(option, required=True)
    parser.add_argument('--type', choices=['q8_0', 'f16'], default='q8_0')
    parser.add_argument('--name', default='nano')
    a = parser.parse_args()
    export(torch.load(a.model, map_location='cpu'), a.spm, a.out, a.name, Q8_0 if a.type == 'q8_0' else FLOAT16)
