"""Loss of a `Nano` on a CUDA device: attention over episodes laid end to end by FlexAttention, compiled blocks, bf16 between float32 residuals.

The same function as `Nano.loss`, but for dropout. Needs PyTorch 2.6 or later.
"""
import torch
import torch.nn.functional as F
from torch.nn.attention.flex_attention import BlockMask, flex_attention

from model import rms, rotate, vocabulary_of

BLOCK = 128  # tokens; attention leaves out what no token of a block sees


class Flex:
    def __init__(self, net, tokens, dropout):
        """For batches of at most `tokens` tokens; shorter ones are padded, so that all have one shape."""
        self.net, self.dropout, self.tokens = net, dropout, -(-tokens // BLOCK) * BLOCK
        self.block = torch.compile(block, dynamic=False)
        # Of every token, the start of its episode, the end of what it sees of the main line, and the start of what it sees of its branch.
        self.start, self.hi, self.own = torch.zeros(3, self.tokens, dtype=torch.int32, device=net.emb.device).unbind()
        start, hi, own = self.start, self.hi, self.own

        def sees(_batch, _head, token, key):
            return ((key >= start[token]) & (key < hi[token])) | ((key >= own[token]) & (key <= token))
        self.sees = sees

    def loss(self, batch):
        """As `Nano.loss`, of a batch on the device."""
        kept, target = vocabulary_of(batch, self.net.c.vocab)
        entropy = F.cross_entropy(F.linear(self.hidden(batch)[batch.at].bfloat16(), self.net.emb[kept].bfloat16()).float(), target, reduction='none')
        return (entropy * batch.weight).sum(), entropy.detach()

    def hidden(self, batch):
        n, net = len(batch.ids), self.net
        if n > self.tokens:
            raise ValueError(f'{n} tokens; expected at most {self.tokens}, raise --batch-tokens')
        pad = lambda values: F.pad(values, (0, self.tokens - n))
        mask, pos = self.mask(batch), pad(batch.pos).long()
        x, cos, sin = F.embedding(pad(batch.ids), net.emb), net.cos[pos], net.sin[pos]
        for b in net.blocks:
            x = self.block(x, (b.norm1, b.qkv, b.o, b.norm2, b.gate_up, b.down), cos, sin, mask, net.c.heads, self.dropout)
        return rms(x, net.norm)

    def mask(self, batch):
        n, place = len(batch.ids), torch.arange(self.tokens, dtype=torch.int32, device=self.start.device)
        lengths = batch.starts.diff()
        start = torch.repeat_interleave(batch.starts[:-1], lengths, output_size=n).int()
        for mine, values in ((self.start, start), (self.hi, start + batch.hi), (self.own, start + batch.own)):
            mine.copy_(place)
            mine[:n] = values
        blocks = lambda values: values.view(-1, BLOCK)
        first = place[::BLOCK]
        prefix = (first < blocks(self.hi).amax(1)[:, None]) & (first + BLOCK > blocks(self.start).amin(1)[:, None])
        branch = (first <= first[:, None]) & (first + BLOCK > blocks(self.own).amin(1)[:, None])
        needed = (prefix | branch)[None, None]
        return BlockMask.from_kv_blocks(needed.sum(-1, dtype=torch.int32), needed.int().sort(dim=-1, descending=True, stable=True).indices.int(), BLOCK_SIZE=BLOCK, mask_mod=self.sees)


def block(x, weights, cos, sin, mask, heads, dropout):
    norm1, qkv, o, norm2, gate_up, down = weights
    linear = lambda values, weight: F.linear(values.bfloat16(), weight.bfloat16())
    q, k, v = (z.unflatten(-1, (heads, -1)).transpose(0, 1)[None] for z in linear(rms(x, norm1), qkv).chunk(3, -1))
    seen = flex_attention(rotate(q, cos, sin), rotate(k, cos, sin), v, block_mask=mask)
    x = x + F.dropout(linear(seen[0].transpose(0, 1).flatten(1), o), dropout)
    gate, up = linear(rms(x, norm2), gate_up).chunk(2, -1)
    return x + F.dropout(linear(F.silu(gate) * up, down), dropout)
