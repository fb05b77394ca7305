"""Word vectors as a part of a model's embeddings, so that words that training hardly shows are known by what they mean.

The embedding of a piece is its own vector plus the word's vector, if the piece is a word of the table, turned by a matrix that all words share. What
training teaches about one word thereby holds for words like it. `export.py` sees the sum.
"""
import json

import numpy as np
import torch


def read_table(path):
    """The words of a table that ../words/build.py wrote, by falling frequency, and their unit vectors, [words, dimensions]."""
    with open(path, 'rb') as file:
        header = json.loads(file.readline())
        words = [file.readline().decode().rstrip('\n') for _ in range(header['words'])]
        vectors = np.frombuffer(file.read(), np.int8).reshape(header['words'], header['dimensions']).astype(np.float32) / header['scale']
    return words, vectors


class WordEmbeddings:
    """Keeps `net.emb` the sum of both parts; `parameters` are what is trained in its place. Embeddings that are `trained` stay what they are."""

    def __init__(self, net, processor, path, trained=False):
        words, vectors = read_table(path)
        place = {word: i for i, word in enumerate(words)}
        rows = [place.get(processor.id_to_piece(i)[1:].lower(), -1) if processor.id_to_piece(i).startswith('▁') else -1 for i in range(processor.vocab_size())]
        device = net.emb.device
        known = torch.tensor([row >= 0 for row in rows], device=device)
        self.net = net
        self.vectors = torch.from_numpy(vectors[np.maximum(rows, 0)]).to(device) * known[:, None]
        if trained:
            turn = torch.linalg.lstsq(self.vectors[known], net.emb.detach()[known]).solution.contiguous()
            own = net.emb.detach() - self.vectors @ turn
        else:
            # A word's vector is as long as another piece's is at first.
            turn = torch.linalg.qr(torch.randn(net.c.dim, vectors.shape[1])).Q.T.to(device) * 0.02 * net.c.dim ** 0.5
            own = net.emb.detach() * torch.where(known, 0.5, 1.0)[:, None]
        self.turn, self.own = torch.nn.Parameter(turn), torch.nn.Parameter(own)
        self.parameters = [self.own, self.turn]
        self.fold()

    @torch.no_grad()
    def fold(self):
        torch.addmm(self.own, self.vectors, self.turn, out=self.net.emb.data)

    @torch.no_grad()
    def unfold_grad(self):
        self.own.grad, self.turn.grad = self.net.emb.grad, self.vectors.T @ self.net.emb.grad

    def state(self):
        return {'own': self.own.detach(), 'turn': self.turn.detach()}

    @torch.no_grad()
    def load(self, state):
        self.own.copy_(state['own'])
        self.turn.copy_(state['turn'])
        self.fold()
