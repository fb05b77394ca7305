"""Muon for the matrices of the blocks (momentum, made orthogonal by five Newton-Schulz steps; Jordan et al., 2024), AdamW for the rest.

Muon needs about half of the tokens that AdamW needs here (training/notes.md).
"""
import torch


def orthogonal(g):
    """Singular values of each [rows, columns] matrix of a batch brought near 1."""
    x = g.bfloat16()
    tall = x.shape[-2] > x.shape[-1]
    if tall:
        x = x.transpose(-1, -2)
    x = x / (x.float().pow(2).sum((-2, -1), keepdim=True).sqrt() + 1e-7).bfloat16()
    for _ in range(5):
        gram = x @ x.transpose(-1, -2)
        x = 3.4445 * x + (-4.775 * gram + 2.0315 * gram @ gram) @ x
    return (x.transpose(-1, -2) if tall else x).float()


class Muon(torch.optim.Optimizer):
    """`parts` of a parameter (q, k and v, say, stacked) are made orthogonal one by one."""

    def __init__(self, parameters, lr, momentum=0.95, decay=0.01):
        super().__init__([{'params': [p], 'parts': parts} for p, parts in parameters], {'lr': lr, 'momentum': momentum, 'decay': decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group['params']:
                state = self.state[p]
                kept = state.setdefault('momentum', torch.zeros_like(p))
                kept.lerp_(p.grad, 1 - group['momentum'])
                g = p.grad.lerp(kept, group['momentum']).unflatten(0, (group['parts'], -1))
                scale = max(1.0, g.shape[-2] / g.shape[-1]) ** 0.5
                p.mul_(1 - group['lr'] * group['decay']).add_(orthogonal(g).reshape(p.shape), alpha=-group['lr'] * scale)


def optimizers(net, lr, matrix_lr, embeddings=None):
    """The two, as one list; every group knows its full rate as `full`. `embeddings` are parameters that are trained in place of `net.emb`."""
    matrices = [(p, parts) for b in net.blocks for p, parts in ((b.qkv, 3), (b.o, 1), (b.gate_up, 2), (b.down, 1))]
    gains = [p for p in net.parameters() if p.dim() == 1]
    out = [Muon(matrices, matrix_lr), torch.optim.AdamW([{'params': embeddings or [net.emb]}, {'params': gains}], lr=lr, betas=(0.9, 0.97), weight_decay=0.0)]
    for group in (g for optimizer in out for g in optimizer.param_groups):
        group['full'] = group['lr']
    return out
