"""What PyTorch makes of prompts: reads [[part, …], …] as JSON on stdin, a part being a text or [control token]; writes, a prompt, its token ids and the
logarithms of the probabilities of what follows it.

    python3 parity.py --model RUN/model.pt --spm vocabulary.model < prompts.json
"""
import argparse
import json
import sys

import sentencepiece
import torch

from episodes import Coder
from model import Config, Nano

if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--model', required=True)
    parser.add_argument('--spm', required=True)
    a = parser.parse_args()
    kept = torch.load(a.model, map_location='cpu')
    net = Nano(Config(**kept['config']))
    net.load_state_dict(kept['model'])
    coder = Coder(sentencepiece.SentencePieceProcessor(model_file=a.spm))
    out = []
    for prompt in json.load(sys.stdin):
        ids = [1] + coder(*prompt)
        out.append({'ids': ids, 'logProbabilities': net.logits(ids)[-1].log_softmax(-1).tolist()})
    json.dump(out, sys.stdout)
