"""Loss and gradients of a `Nano` on a processor with bf16 in AVX-512, by kernels.cpp and oneDNN's bf16 matrix products.

The residual stream and the master weights are float32, everything between is bf16. Several times as fast as plain PyTorch 1.13, which
spends four fifths of its time between the matrix products.
"""
import ctypes
import hashlib
import os
import pathlib
import subprocess
import tempfile

import torch

from model import vocabulary_of

KERNELS = os.path.join(os.path.dirname(__file__), 'kernels.cpp')
FLAGS = ['-O3', '-march=native', '-ffast-math', '-fno-finite-math-only', '-fopenmp', '-shared', '-fPIC']


def open_kernels():
    """The compiled kernels, or None where the processor or the compiler does not do."""
    try:
        if 'avx512_bf16' not in pathlib.Path('/proc/cpuinfo').read_text().split():
            return None
        name = hashlib.sha256(pathlib.Path(KERNELS).read_bytes()).hexdigest()[:16]
        path = os.path.join(tempfile.gettempdir(), f'nano-kernels-{os.getuid()}-{name}.so')
        if not os.path.exists(path):
            subprocess.run(['g++', *FLAGS, KERNELS, '-o', f'{path}.{os.getpid()}'], check=True)
            os.rename(f'{path}.{os.getpid()}', path)
        lib = ctypes.CDLL(path)
        return lib if lib.nano_open() == 0 else None
    except (OSError, subprocess.CalledProcessError):
        return None


def call(kernel, *arguments):
    """Tensors go as pointers, whole numbers as long."""
    kernel(*(ctypes.c_void_p(a.data_ptr()) if torch.is_tensor(a) else ctypes.c_long(a) for a in arguments))


class Fused:
    """`loss` fills the gradients of `net`'s parameters, adding to what is there. Intermediate results live in buffers that are used again."""

    def __init__(self, net, lib):
        self.net, self.lib, self.buffers = net, lib, {}

    def buffer(self, name, n, width, kind=torch.bfloat16):
        """[n, width], with what was left there."""
        kept = self.buffers.get(name)
        if kept is None or len(kept) < n * width:
            kept = self.buffers[name] = torch.empty(n * width * 5 // 4, dtype=kind)
        return kept[:n * width].view(n, width)

    def product(self, name, a, b):
        return torch.mm(a, b, out=self.buffer(name, a.shape[0], b.shape[1]))

    def half(self, name, weight):
        return self.buffer(name, *weight.shape).copy_(weight.detach())

    def norm(self, name, x, delta, weight):
        n, d = x.shape
        total, y, rstd = self.buffer(f'{name} total', n, d, torch.float32), self.buffer(f'{name} y', n, d), self.buffer(f'{name} rstd', n, 1, torch.float32)
        call(self.lib.nano_norm, x, delta, total, weight, y, rstd, n, d)
        return total, y, rstd

    def norm_back(self, dy, total, rstd, weight, dx, dx16):
        threads = torch.get_num_threads()
        sums = torch.zeros(threads, dx.shape[1])
        call(self.lib.nano_norm_back, dy, total, rstd, weight, dx, dx16, sums, *dx.shape, threads)
        add_grad(weight, sums.sum(0))

    def attention(self, name, batch, *tensors):
        c = self.net.c
        call(getattr(self.lib, name), *tensors, batch.starts, len(batch.starts) - 1, batch.pos, batch.hi, batch.own,
             self.net.cos, self.net.sin, c.heads, c.dim // c.heads)

    @torch.no_grad()
    def loss(self, batch):
        """As Nano.loss; everything is kept for the way back, which follows at once."""
        net, c, n = self.net, self.net.c, len(batch.ids)
        x = torch.index_select(net.emb.detach(), 0, batch.ids, out=self.buffer('embedded', n, c.dim, torch.float32))
        delta, kept = self.buffer('no delta', n, c.dim).zero_(), []
        for i, b in enumerate(net.blocks):
            w = [self.half(f'{i} {name}', getattr(b, name)) for name in ('qkv', 'o', 'gate_up', 'down')]
            x1, y1, r1 = self.norm(f'{i} norm1', x, delta, b.norm1)
            qkv, mixed, lse = self.product(f'{i} qkv of', y1, w[0].T), self.buffer(f'{i} mixed', n, c.dim), self.buffer(f'{i} lse', n, c.heads, torch.float32)
            self.attention('nano_attention', batch, qkv, mixed, lse)
            x, y2, r2 = self.norm(f'{i} norm2', x1, self.product('delta', mixed, w[1].T), b.norm2)
            wide, gated = self.product(f'{i} wide', y2, w[2].T), self.buffer(f'{i} gated', n, c.ffn)
            call(self.lib.nano_swiglu, wide, gated, n, c.ffn)
            delta = self.product('delta', gated, w[3].T)
            kept.append((w, x1, y1, r1, qkv, mixed, lse, x, y2, r2, wide, gated))
        total, y, rstd = self.norm('last', x, delta, net.norm)

        (kept_ids, target), m = vocabulary_of(batch, c.vocab), len(batch.at)
        emb = self.half('emb', net.emb.detach()[kept_ids])
        asked = torch.index_select(y, 0, batch.at, out=self.buffer('asked', m, c.dim))
        dlogits, entropy = self.product('logits', asked, emb.T), torch.empty(m)
        call(self.lib.nano_entropy, dlogits, target, batch.weight, entropy, m, len(kept_ids))
        demb = (dlogits.T @ asked).float()
        dy = self.buffer('dy', n, c.dim).zero_()
        dy[batch.at] = self.product('dasked', dlogits, emb)
        dx, dx16 = self.buffer('dx', n, c.dim, torch.float32).zero_(), self.buffer('dx16', n, c.dim)
        self.norm_back(dy, total, rstd, net.norm, dx, dx16)
        for b, layer in zip(reversed(net.blocks), reversed(kept)):
            self.block_back(b, layer, batch, dx, dx16)
        add_grad(net.emb, dx.new_zeros(c.vocab, c.dim).index_add_(0, batch.ids, dx).index_add_(0, kept_ids, demb))
        return (entropy * batch.weight).sum(), entropy

    def block_back(self, b, layer, batch, dx, dx16):
        """dx (and its bf16 copy) from the block's output to its input."""
        w, x1, y1, r1, qkv, mixed, lse, x2, y2, r2, wide, gated = layer
        (n, d), ffn = dx.shape, self.net.c.ffn
        add_grad(b.down, dx16.T @ gated)
        dgated, dwide = self.product('dgated', dx16, w[3]), self.buffer('dwide', n, 2 * ffn)
        call(self.lib.nano_swiglu_back, wide, dgated, dwide, n, ffn)
        add_grad(b.gate_up, dwide.T @ y2)
        self.norm_back(self.product('dy', dwide, w[2]), x2, r2, b.norm2, dx, dx16)
        add_grad(b.o, dx16.T @ mixed)
        dmixed, dqkv = self.product('dy', dx16, w[1]), self.buffer('dqkv', n, 3 * d)
        self.attention('nano_attention_back', batch, qkv, mixed, dmixed, lse, dqkv)
        add_grad(b.qkv, dqkv.T @ y1)
        self.norm_back(self.product('dy', dqkv, w[0]), x1, r1, b.norm1, dx, dx16)


def add_grad(parameter, grad):
    parameter.grad = grad.float() if parameter.grad is None else parameter.grad.add_(grad.float())
