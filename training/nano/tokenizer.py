"""Trains a vocabulary: python3 tokenizer.py --data DATA --out PREFIX --size 8192 [--words ../../models/words.bin]

With a table of word vectors, its most frequent words become pieces of their own as far as there is room.
"""
import argparse
import os
import random

import sentencepiece

import corpus
from episodes import SPECIALS, detokenize, refill
from words import read_table

HERE = os.path.dirname(os.path.abspath(__file__))


def train(data, written, prefix, size, table=None):
    rng = random.Random(0)
    with open(f'{prefix}.txt', 'w') as out:
        for source in corpus.load(data, written):
            for sentence in source.sentences:
                for _ in range(20 if source.templates else 1):
                    text = refill(sentence.text, sentence.entities, source.examples, rng)[0] if source.templates else sentence.text
                    out.write(detokenize(text) + '\n')
                for start, end, _ in sentence.entities:
                    if not source.templates:
                        out.write(sentence.text[start:end] + '\n')
        for line in plain(data)[::4]:
            out.write(detokenize(line) + '\n')
        for line in word_lines(read_table(table)[0]) if table else ():
            out.write(line + '\n')
    sentencepiece.SentencePieceTrainer.train(
        input=f'{prefix}.txt', model_prefix=prefix, vocab_size=size, model_type='bpe', byte_fallback=True, normalization_rule_name='identity',
        remove_extra_whitespaces=False, split_digits=True, character_coverage=0.9995, control_symbols=SPECIALS, unk_id=0, bos_id=1, eos_id=2,
        pad_id=-1, add_dummy_prefix=True, num_threads=2, max_sentence_length=8192, minloglevel=1)
    os.remove(f'{prefix}.txt')


def word_lines(words):
    """Each word as often as makes it a piece, in lower case and capitalised, after its frequency."""
    for rank, word in enumerate(words):
        if word.isalpha() and len(word) > 1:
            for form, last, share in ((word, 24_000, 1), (word.capitalize(), 12_000, 0.8)):
                if rank < last:
                    yield ' '.join([form] * round(share * (60 + 60_000 / (rank + 100))))


def plain(data):
    """Sentences for language modelling: novels (public domain). The Wikipedia file lacks its links' words, names above all, and is left out."""
    if not data:
        return []
    with open(os.path.join(data, 'text', 'novels.txt')) as file:
        return [line.strip() for line in file if 20 < len(line) < 400]


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--data', help='folder of labelled sets; without it, the written domains alone')
    parser.add_argument('--written', default=os.path.join(HERE, '..', 'written'))
    parser.add_argument('--out', required=True)
    parser.add_argument('--size', type=int, default=8192, help='a multiple of 16')
    parser.add_argument('--words', help='a table of word vectors')
    a = parser.parse_args()
    train(a.data, a.written, a.out, a.size, a.words)
