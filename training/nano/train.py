"""Trains one model, by steps or by time, on a processor or on one CUDA device. Run again, it goes on where it was.

    python3 train.py --data DATA --spm vocabulary.model --out RUN --minutes 90 [--seed 1 --dim 256 --layers 6 --emphasis wnut17=4,btc=4 --start OTHER/model.pt|OTHER.gguf]
"""
import argparse
import itertools
import json
import multiprocessing
import os
import time

import sentencepiece
import torch

import corpus
from clusters import Clusters
from episodes import COPYING_TOKENS, Coder, Episodes, pack
from export import weights_of
from fused import Fused, open_kernels
from model import Batch, Config, Nano
from optimizer import optimizers
from tokenizer import plain
from words import WordEmbeddings

HERE = os.path.dirname(os.path.abspath(__file__))


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--data', help='folder of labelled sets; without it, the written domains alone')
    p.add_argument('--written', default=os.path.join(HERE, '..', 'written'))
    p.add_argument('--spm', required=True, help='vocabulary')
    p.add_argument('--out', required=True, help='folder of the run')
    length = p.add_mutually_exclusive_group(required=True)
    length.add_argument('--steps', type=int, help='reproducible to the last digit on one machine')
    length.add_argument('--minutes', type=float)
    p.add_argument('--dim', type=int, default=256)
    p.add_argument('--layers', type=int, default=6)
    p.add_argument('--heads', type=int, default=4)
    p.add_argument('--ffn', type=int, default=704)
    p.add_argument('--batch-tokens', type=int, default=8192)
    p.add_argument('--lr', type=float, default=3e-3, help='of the embeddings')
    p.add_argument('--matrix-lr', type=float, default=0.01)
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--emphasis', default='', help='factors of the weights of sets, by the beginnings of their names: wnut17=4,btc=4')
    p.add_argument('--mistakes', help="what a model got wrong, a file of mistakes.ts")
    p.add_argument('--words', help='a table of word vectors, which the embeddings then rest on')
    p.add_argument('--start', help='weights to start from: a model.pt with the same vocabulary, or a GGUF file that was written here')
    p.add_argument('--decay', type=float, default=0.01, help='of the matrices')
    p.add_argument('--dropout', type=float, default=0.0, help='on a CUDA device alone: a processor sees no sentence often enough')
    p.add_argument('--clusters', type=float, default=0.0, help='share of the episodes with made-up types (clusters.py); needs --words')
    p.add_argument('--producers', type=int, default=1, help='processes that make episodes')
    p.add_argument('--watch', type=int, default=0, help='how often during the run the loss is shown on sources that no model learns from')
    p.add_argument('--renamed', type=float, default=0.18, help='share of the episodes whose types have names by chance, so that demonstrations alone tell what they mean')
    return p.parse_args()


def produce(queue, episodes, a, skip):
    """Batches without end."""
    copying = 0 if a.start else COPYING_TOKENS / a.batch_tokens
    for step in itertools.count(skip, a.producers):
        queue.put(pack(episodes, a.batch_tokens, step < copying))


def producers(a, skip):
    """A queue of batches from each process; taken in turn they give what the seed says, the first `skip` batches passed over."""
    coder = Coder(sentencepiece.SentencePieceProcessor(model_file=a.spm))
    emphasis = {name: float(factor) for name, factor in (pair.split('=') for pair in a.emphasis.split(',') if pair)}
    sources, sentences = corpus.load(a.data, a.written, a.mistakes), plain(a.data)
    names = corpus.stand_ins(sources, a.data)
    clusters = Clusters(sources, sentences, a.words, a.clusters) if a.clusters else None
    for number in range(a.producers):
        episodes = Episodes(sources, names, coder, a.seed + 1000 * (skip + number), emphasis, sentences, a.renamed, clusters)
        queue = multiprocessing.Queue(maxsize=4)
        multiprocessing.Process(target=produce, args=(queue, episodes, a, skip + number), daemon=True).start()
        yield queue


class Run:
    def __init__(self, a):
        torch.manual_seed(a.seed)
        self.a, self.path = a, os.path.join(a.out, 'state.pt')
        state = torch.load(self.path, map_location='cpu') if os.path.exists(self.path) else None
        # Before a device is opened, since a process that has one cannot be forked.
        self.queues = list(producers(a, state['step'] if state else 0))
        self.device = 'cuda' if torch.cuda.is_available() else 'cpu'
        processor = sentencepiece.SentencePieceProcessor(model_file=a.spm)
        self.config = Config(processor.vocab_size(), a.dim, a.layers, a.heads, a.ffn)
        self.net = Nano(self.config)
        self.step = self.tokens = 0
        self.seconds = 0.0
        if state is None and a.start:
            self.net.load_state_dict(weights_of(a.start, processor))
        self.net.to(self.device)
        self.words = WordEmbeddings(self.net, processor, a.words, trained=bool(a.start)) if a.words else None
        self.optimizers = optimizers(self.net, a.lr, a.matrix_lr, self.words and self.words.parameters, a.decay)
        if state:
            self.net.load_state_dict(state['model'])
            if self.words:
                self.words.load(state['words'])
            for optimizer, kept in zip(self.optimizers, state['optimizers']):
                optimizer.load_state_dict(kept)
            self.step, self.tokens, self.seconds = state['step'], state['tokens'], state['seconds']
        self.fast = fast(self.net, a) or self.net

    def done(self):
        """How much of the run is over, in [0, 1]."""
        return self.step / self.a.steps if self.a.steps else self.seconds / 60 / self.a.minutes

    def advance(self):
        """One step; the mean cross-entropy of the answers' tokens and of the texts'."""
        rate = min(1.0, (self.step + 1) / 100) * (1 if self.done() < 0.5 else max(0.01, 2 * (1 - self.done())))
        batch = batch_of(self.queues[self.step % len(self.queues)].get(), self.device)
        self.net.zero_grad(set_to_none=True)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group['lr'] = group['full'] * rate
        loss, entropy = self.fast.loss(batch)
        if loss.requires_grad:
            loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        if self.words:
            self.words.unfold_grad()
        for optimizer in self.optimizers:
            optimizer.step()
        if self.words:
            self.words.fold()
        self.step, self.tokens = self.step + 1, self.tokens + len(batch.ids)
        answers = batch.weight > 0.6 * batch.weight.max() / 2
        return torch.stack([entropy[answers].mean(), entropy[~answers].mean()])

    def save(self):
        os.makedirs(self.a.out, exist_ok=True)
        model = self.net.state_dict()
        write({'model': model, 'config': vars(self.config), 'step': self.step, 'tokens': self.tokens}, os.path.join(self.a.out, 'model.pt'))
        write({'model': model, 'words': self.words and self.words.state(), 'optimizers': [o.state_dict() for o in self.optimizers], 'step': self.step, 'tokens': self.tokens, 'seconds': self.seconds}, self.path)


def write(value, path):
    torch.save(value, f'{path}.part')
    os.replace(f'{path}.part', path)


class Watch:
    """The loss on the answers of each source that no model learns from, on the same episodes each time."""

    def __init__(self, a):
        coder = Coder(sentencepiece.SentencePieceProcessor(model_file=a.spm))
        self.every = 1 / a.watch if a.watch else 2
        self.next = self.every
        self.batches = {s.name: pack(Episodes([s], {}, coder), 16384) for s in corpus.watched(a.data, a.written)} if a.watch else {}

    @torch.no_grad()
    def show(self, run):
        if run.done() < self.next:
            return
        self.next += self.every
        with torch.autocast(run.device, dtype=torch.bfloat16, enabled=run.device == 'cuda'):
            losses = {name: run.net.loss(batch_of(arrays, run.device))[0].item() for name, arrays in self.batches.items()}
        print(f'{run.done():6.1%} step {run.step} loss on {", ".join(f"{name} {loss:.3f}" for name, loss in losses.items())}', flush=True)


def batch_of(arrays, device):
    return Batch(*(torch.from_numpy(x) for x in arrays)).to(device)


def fast(net, a):
    """What computes the loss faster than plain PyTorch, where the machine has what it takes."""
    if net.emb.is_cuda:
        from flex import Flex  # needs a later PyTorch than a processor does
        return Flex(net, a.batch_tokens, a.dropout)
    lib = open_kernels()
    return Fused(net, lib) if lib else None


def main():
    a = arguments()
    run = Run(a)
    print(json.dumps({'parameters': sum(p.numel() for p in run.net.parameters()), 'device': run.device, 'by': type(run.fast).__name__, **vars(a)}), flush=True)
    losses, watch = None, Watch(a)
    began = shown = saved = time.time()
    before, tokens = run.seconds, run.tokens
    while run.done() < 1:
        new = run.advance()
        losses = new if losses is None else torch.where(losses.isnan(), new, torch.where(new.isnan(), losses, losses.lerp(new, 0.02)))
        run.seconds = before + time.time() - began
        if time.time() - shown > 20 or run.done() >= 1:
            shown = time.time()
            print(f'{run.done():6.1%} step {run.step} tokens {run.tokens / 1e6:.2f} M answers {losses[0]:.3f} texts {losses[1]:.3f} {(run.tokens - tokens) / (shown - began):.0f} tokens/s', flush=True)
        watch.show(run)
        if time.time() - saved > 300 or run.done() >= 1:
            saved = time.time()
            run.save()


if __name__ == '__main__':
    main()
