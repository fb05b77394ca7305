"""A small language model of the Llama architecture: RMSNorm, rotary positions of interleaved pairs, SwiGLU, tied embeddings.

This is the definition of the model in plain PyTorch, for any device. `fused.py` computes the same on processors with bf16 in AVX-512, faster.
"""
import math
from dataclasses import dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F


@dataclass
class Config:
    vocab: int
    dim: int = 256
    layers: int = 6
    heads: int = 4
    ffn: int = 704
    ctx: int = 4096
    theta: float = 10000.0


@dataclass
class Batch:
    """Episodes laid end to end: N tokens in all, the e-th episode from starts[e] to starts[e + 1].

    A token sees the keys [0, hi) and [own, itself], counted from the start of its episode: a branch sees the prefix that it hangs on and
    its own tokens, never another branch. `at` are the M positions with a loss, `target` the tokens that follow there, `weight` their shares.
    """
    ids: torch.Tensor     # int64 [N]
    pos: torch.Tensor     # int32 [N]
    hi: torch.Tensor      # int32 [N]
    own: torch.Tensor     # int32 [N]
    starts: torch.Tensor  # int64 [episodes + 1]
    at: torch.Tensor      # int64 [M]
    target: torch.Tensor  # int64 [M]
    weight: torch.Tensor  # float32 [M]

    def to(self, device):
        return Batch(*(value.to(device) for value in vars(self).values()))


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.norm1, self.norm2 = nn.Parameter(torch.ones(c.dim)), nn.Parameter(torch.ones(c.dim))
        self.qkv = nn.Parameter(torch.randn(3 * c.dim, c.dim) * 0.02)
        self.o = nn.Parameter(torch.randn(c.dim, c.dim) * 0.02 / math.sqrt(2 * c.layers))
        self.gate_up = nn.Parameter(torch.randn(2 * c.ffn, c.dim) * 0.02)
        self.down = nn.Parameter(torch.randn(c.dim, c.ffn) * 0.02 / math.sqrt(2 * c.layers))


class Nano(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.emb = nn.Parameter(torch.randn(c.vocab, c.dim) * 0.02)
        self.blocks = nn.ModuleList(Block(c) for _ in range(c.layers))
        self.norm = nn.Parameter(torch.ones(c.dim))
        inverse = c.theta ** (-torch.arange(0, c.dim // c.heads, 2).float() / (c.dim // c.heads))
        angle = torch.arange(c.ctx).float()[:, None] * inverse
        self.register_buffer('cos', angle.cos().contiguous(), persistent=False)
        self.register_buffer('sin', angle.sin().contiguous(), persistent=False)

    def hidden(self, batch):
        """The normalised last states, [N, dim]."""
        masks = sights(batch)
        x = self.emb[batch.ids]
        for b in self.blocks:
            x = x + F.linear(self.attend(F.linear(rms(x, b.norm1), b.qkv), batch, masks), b.o)
            gate, up = F.linear(rms(x, b.norm2), b.gate_up).chunk(2, -1)
            x = x + F.linear(F.silu(gate) * up, b.down)
        return rms(x, self.norm)

    def attend(self, qkv, batch, masks):
        out = []
        for e, mask in enumerate(masks):
            rows = slice(int(batch.starts[e]), int(batch.starts[e + 1]))
            pos = batch.pos[rows].long()
            q, k, v = (z.unflatten(-1, (self.c.heads, -1)).transpose(0, 1) for z in qkv[rows].chunk(3, -1))
            q, k = (rotate(z, self.cos[pos], self.sin[pos]) for z in (q, k))
            share = (q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])).masked_fill(~mask, float('-inf')).softmax(-1)
            out.append((share.to(v.dtype) @ v).transpose(0, 1).flatten(1))
        return torch.cat(out)

    def loss(self, batch):
        """Sum over the positions with a loss of weight times cross-entropy (nats), and each cross-entropy by itself."""
        kept, target = vocabulary_of(batch, self.c.vocab)
        entropy = F.cross_entropy(F.linear(self.hidden(batch)[batch.at], self.emb[kept]).float(), target, reduction='none')
        return (entropy * batch.weight).sum(), entropy.detach()

    @torch.no_grad()
    def logits(self, ids):
        """Of every position of one plain sequence, [len(ids), vocab]."""
        return F.linear(self.hidden(sequence(ids)), self.emb)


def vocabulary_of(batch, vocab):
    """The tokens of a batch, a multiple of 32 of them, and the targets as places among them.

    A token is told from those of its batch alone: what training hardly shows is not pushed away from all else, and the product is smaller.
    """
    there = torch.zeros(vocab, dtype=torch.bool, device=batch.ids.device)
    there[batch.ids] = there[batch.target] = True
    missing = -int(there.sum()) % 32
    there[(~there).nonzero()[:missing, 0]] = True
    kept = there.nonzero()[:, 0]
    return kept, torch.searchsorted(kept, batch.target)


def sequence(ids):
    """One episode without branches or losses."""
    n, none = len(ids), torch.zeros(0, dtype=torch.int64)
    zeros = torch.zeros(n, dtype=torch.int32)
    return Batch(torch.tensor(ids), torch.arange(n, dtype=torch.int32), zeros, zeros, torch.tensor([0, n]), none, none, torch.zeros(0))


def sights(batch):
    """Each episode's mask, [length, length], true where the row's token sees the column's."""
    masks = []
    for start, end in zip(batch.starts.tolist(), batch.starts.tolist()[1:]):
        key = torch.arange(end - start, device=batch.ids.device)
        hi, own = batch.hi[start:end, None], batch.own[start:end, None]
        masks.append((key < hi) | ((key >= own) & (key <= key[:, None])))
    return masks


def rms(x, weight):
    wide = x.float()
    return (wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + 1e-5) * weight).to(x.dtype)


def rotate(x, cos, sin):
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2).to(x.dtype)
