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
from episodes import COPYING_BATCHES, Coder, Episodes, pack
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
    p.add_argument('--renamed', type=float, default=0.18, help='share of the episodes whose types have names by chance, so that demonstrations alone tell what they mean')
    return p.parse_args()


def produce(queue, a, skip):
    """Batches without end, in the order that the seed gives; the first `skip` are passed over."""
    coder = Coder(sentencepiece.SentencePieceProcessor(model_file=a.spm))
    emphasis = {name: float(factor) for name, factor in (pair.split('=') for pair in a.emphasis.split(',') if pair)}
    episodes = Episodes(corpus.load(a.data, a.written, a.mistakes), corpus.gazetteers(a.data), coder, a.seed + 1000 * skip, emphasis, plain(a.data), a.renamed)
    for step in itertools.count(skip):
        queue.put(pack(episodes, a.batch_tokens, copying=step < COPYING_BATCHES and not a.start))


class Run:
    def __init__(self, a):
        torch.manual_seed(a.seed)
        self.a, self.path = a, os.path.join(a.out, 'state.pt')
        self.device = 'cuda' if torch.cuda.is_available() else 'cpu'
        processor = sentencepiece.SentencePieceProcessor(model_file=a.spm)
        self.config = Config(processor.vocab_size(), a.dim, a.layers, a.heads, a.ffn)
        self.net = Nano(self.config)
        self.step = self.tokens = 0
        self.seconds = 0.0
        state = torch.load(self.path, map_location='cpu') if os.path.exists(self.path) else None
        if state is None and a.start:
            self.net.load_state_dict(weights_of(a.start, processor))
        self.net.to(self.device)
        self.words = WordEmbeddings(self.net, processor, a.words, trained=bool(a.start)) if a.words else None
        self.optimizers = optimizers(self.net, a.lr, a.matrix_lr, self.words and self.words.parameters)
        if state:
            self.net.load_state_dict(state['model'])
            if self.words:
                self.words.load(state['words'])
            for optimizer, kept in zip(self.optimizers, state['optimizers']):
                optimizer.load_state_dict(kept)
            self.step, self.tokens, self.seconds = state['step'], state['tokens'], state['seconds']
        lib = open_kernels() if self.device == 'cpu' else None
        self.fused = Fused(self.net, lib) if lib else None

    def done(self):
        """How much of the run is over, in [0, 1]."""
        return self.step / self.a.steps if self.a.steps else self.seconds / 60 / self.a.minutes

    def loss(self, batch):
        if self.fused:
            return self.fused.loss(batch)
        with torch.autocast(self.device, dtype=torch.bfloat16, enabled=self.device == 'cuda'):
            loss, entropy = self.net.loss(batch.to(self.device))
        loss.backward()
        return loss, entropy.cpu()

    def advance(self, arrays):
        """One step; the mean cross-entropy of the answers' tokens and of the texts'."""
        began, rate = time.time(), min(1.0, (self.step + 1) / 100) * (1 if self.done() < 0.5 else max(0.01, 2 * (1 - self.done())))
        batch = Batch(*(torch.from_numpy(x) for x in arrays))
        self.net.zero_grad(set_to_none=True)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group['lr'] = group['full'] * rate
        _, entropy = self.loss(batch)
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        if self.words:
            self.words.unfold_grad()
        for optimizer in self.optimizers:
            optimizer.step()
        if self.words:
            self.words.fold()
        self.step, self.tokens, self.seconds = self.step + 1, self.tokens + len(batch.ids), self.seconds + time.time() - began
        answers = batch.weight > 0.6 * batch.weight.max() / 2
        return entropy[answers].mean().item(), entropy[~answers].mean().item() if (~answers).any() else float('nan')

    def save(self):
        os.makedirs(self.a.out, exist_ok=True)
        model = self.net.state_dict()
        write({'model': model, 'config': vars(self.config), 'step': self.step, 'tokens': self.tokens}, os.path.join(self.a.out, 'model.pt'))
        write({'model': model, 'words': self.words and self.words.state(), 'optimizers': [o.state_dict() for o in self.optimizers], 'step': self.step, 'tokens': self.tokens, 'seconds': self.seconds}, self.path)


def write(value, path):
    torch.save(value, f'{path}.part')
    os.replace(f'{path}.part', path)


def main():
    a = arguments()
    queue = multiprocessing.Queue(maxsize=8)
    run = Run(a)
    producer = multiprocessing.Process(target=produce, args=(queue, a, run.step), daemon=True)
    producer.start()
    print(json.dumps({'parameters': sum(p.numel() for p in run.net.parameters()), 'device': run.device, 'fused': run.fused is not None, **vars(a)}), flush=True)
    answer = text = None
    shown = saved = time.time()
    while run.done() < 1:
        new_answer, new_text = run.advance(queue.get())
        answer = new_answer if answer is None else 0.98 * answer + 0.02 * new_answer
        text = new_text if text is None or text != text else 0.98 * text + 0.02 * new_text
        if time.time() - shown > 20 or run.done() >= 1:
            shown = time.time()
            print(f'{run.done():6.1%} step {run.step} tokens {run.tokens / 1e6:.2f} M answers {answer:.3f} texts {text:.3f} {run.tokens / run.seconds:.0f} tokens/s', flush=True)
        if time.time() - saved > 300 or run.done() >= 1:
            saved = time.time()
            run.save()
    producer.terminate()


if __name__ == '__main__':
    main()
