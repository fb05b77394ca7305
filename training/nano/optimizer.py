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
    """Groups of parameters of one shape, made orthogonal together; the `parts` of each (q, k and v, say, stacked) one by one."""

    def __init__(self, groups, lr, momentum=0.95, decay=0.01):
        super().__init__([{'params': parameters, 'parts': parts} for parameters, parts in groups], {'lr': lr, 'momentum': momentum, 'decay': decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            parameters = group['params']
            kept = torch.stack([self.state[p].setdefault('momentum', torch.zeros_like(p)) for p in parameters])
            grads = torch.stack([p.grad for p in parameters])
            kept.lerp_(grads, 1 - group['momentum'])
            g = grads.lerp(kept, group['momentum']).unflatten(1, (group['parts'], -1))
            scale = max(1.0, g.shape[-2] / g.shape[-1]) ** 0.5
            for p, momentum, update in zip(parameters, kept, orthogonal(g).flatten(1, 2)):
                self.state[p]['momentum'].copy_(momentum)
                p.mul_(1 - group['lr'] * group['decay']).add_(update, alpha=-group['lr'] * scale)


def optimizers(net, lr, matrix_lr, embeddings=None, decay=0.01):
    """
    The two, as one list; every group knows its full rate as `full`. `embeddings` are parameters that are trained in place of `net.emb`; `decay` is of the
    matrices.
    """
    matrices = [([getattr(b, name) for b in net.blocks], parts) for name, parts in (('qkv', 3), ('o', 1), ('gate_up', 2), ('down', 1))]
    gains = [p for p in net.parameters() if p.dim() == 1]
    rest = [{'params': embeddings or [net.emb]}, {'params': gains}]
    fused = {'fused': True} if gains[0].is_cuda else {}
    out = [Muon(matrices, matrix_lr, decay=decay), torch.optim.AdamW(rest, lr=lr, betas=(0.9, 0.97), weight_decay=0.0, **fused)]
    for group in (g for optimizer in out for g in optimizer.param_groups):
        group['full'] = group['lr']
    return out
