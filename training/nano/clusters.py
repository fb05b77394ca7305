"""Sources with made-up types: mentions, or words of plain text, are sorted by which of a few of them their word vectors are most like.

No public set has enough types to teach what a type is in general. Here every episode has types of its own, which only its demonstrations and the
words' meanings tell apart; a type's name is a word that is near to its mentions.
"""
import re

import numpy as np

from corpus import Sentence, Source
from episodes import refill
from words import read_table

SENTENCES = 60             # of a source
PIVOTS = 5                 # the most words that types are made from
KNOWN, NAMED = 40_000, 15_000  # how many of the table's most frequent words can be mentions, and names
COMMON = 300               # words of the highest frequencies, which are neither


class Clusters:
    def __init__(self, sources, plain, table, share):
        """`share` is how many of the episodes they are for."""
        self.share = share
        words, vectors = read_table(table)
        self.words, self.vectors = words[:KNOWN], vectors[:KNOWN]
        self.place = {word: i for i, word in enumerate(self.words)}
        self.nameable = np.array([i >= COMMON and word.isalpha() and len(word) > 3 for i, word in enumerate(self.words[:NAMED])])
        self.sources, self.weights = sources, [s.weight for s in sources]
        self.texts = list(plain) + [sentence.text for s in sources if not s.templates for sentence in s.sentences if len(sentence.text) < 500]
        self.rows = {}
        for row, text in enumerate(self.texts):
            for i in {self.place.get(word, 0) for word in re.findall(r'\w+', text.lower())}:
                if i >= COMMON and self.words[i].isalpha() and len(self.words[i]) > 2:
                    self.rows.setdefault(i, []).append(row)
        self.present = np.zeros(KNOWN, bool)
        self.present[list(self.rows)] = True
        self.frequent = sorted(self.rows)

    def source(self, rng):
        """A fresh source of labelled mentions under other types, or of words; None where chance found too little."""
        return self.lexical(rng) if len(self.frequent) >= PIVOTS and rng.random() < 0.4 else self.retyped(rng)

    def retyped(self, rng):
        source = rng.choices(self.sources, self.weights)[0]
        sentences = [source.sentences[rng.randrange(len(source.sentences))] for _ in range(SENTENCES)]
        if source.templates:
            sentences = [Sentence(*refill(s.text, s.entities, source.examples, rng)) for s in sentences]
        vectors = {}
        for sentence in sentences:
            for start, end, _ in sentence.entities:
                mention = sentence.text[start:end]
                if mention not in vectors and (vector := self.vector(mention)) is not None:
                    vectors[mention] = vector
        mentions = list(vectors)
        if len(mentions) < 6:
            return None
        pivots = np.stack([vectors[m] for m in rng.sample(mentions, rng.randint(2, 6))])
        found = self.sort(np.stack(list(vectors.values())), pivots, rng.uniform(0.15, 0.45))
        types = self.types(mentions, vectors, found, rng)
        typed = {m: t for m, t in zip(mentions, found) if t in types}
        relabel = lambda s: sorted({(start, end, str(typed[s.text[start:end]])) for start, end, _ in s.entities if s.text[start:end] in typed})
        return self.made([Sentence(s.text, relabel(s)) for s in sentences], types)

    def lexical(self, rng):
        pivots = rng.sample(self.frequent, rng.randint(1, PIVOTS))
        likeness = self.vectors @ self.vectors[pivots].T
        likeness[~self.present] = -1
        size = rng.choice([30, 60, 120, 250])
        nearest = likeness.argmax(1)
        members = {}
        for t in range(len(pivots)):
            order = np.argpartition(-likeness[:, t], size)[:size]
            members.update({int(i): t for i in order if nearest[i] == t})
        mentions = [self.words[i] for i in members]
        types = self.types(mentions, dict(zip(mentions, self.vectors[list(members)])), list(members.values()), rng)
        typed = {self.words[i]: str(t) for i, t in members.items() if t in types}
        chosen = [rng.choice(self.rows[i]) for i in rng.choices(list(members), k=SENTENCES - 12)] + [rng.randrange(len(self.texts)) for _ in range(12)]
        return self.made([Sentence(text, runs(text, typed)) for text in (self.texts[row] for row in dict.fromkeys(chosen))], types)

    def vector(self, mention):
        """Of length 1, the mean of the mention's words; None if none is known."""
        rows = [i for i in (self.place.get(word, -1) for word in re.findall(r'\w+', mention.lower())) if i >= COMMON // 3]
        if not rows:
            return None
        mean = self.vectors[rows].mean(0)
        return mean / max(np.linalg.norm(mean), 1e-6)

    def sort(self, vectors, pivots, least):
        """The nearest of the pivots for each vector, after they moved to the middle of theirs; -1 where all are less like it than `least`."""
        for _ in range(2):
            likeness = vectors @ pivots.T
            nearest = np.where(likeness.max(1) >= least, likeness.argmax(1), -1)
            pivots = np.stack([vectors[nearest == t].mean(0) if (nearest == t).any() else pivots[t] for t in range(len(pivots))])
            pivots /= np.maximum(np.linalg.norm(pivots, axis=1, keepdims=True), 1e-6)
        return nearest.tolist()

    def types(self, mentions, vectors, found, rng):
        """Names of each type, the nearest words to the middle of its mentions, first those that are in no mention."""
        types, taken = {}, set()
        for t in sorted(set(found) - {-1}):
            mine = [m for m, u in zip(mentions, found) if u == t]
            middle = np.mean([vectors[m] for m in mine], 0)
            likeness = np.where(self.nameable, self.vectors[:NAMED] @ middle, -1)
            near = [self.words[i] for i in np.argpartition(-likeness, 12)[:12]]
            inside = {word for m in mine for word in re.findall(r'\w+', m.lower())}
            names = [name for name in sorted(near, key=lambda name: (name in inside, -likeness[self.place[name]])) if name not in taken][:3]
            if names:
                rng.shuffle(names)
                types[t] = names
                taken.update(names)
        return types

    def made(self, sentences, types):
        names = {str(t): names for t, names in types.items()}
        used = {t for s in sentences for _, _, t in s.entities}
        names = {t: n for t, n in names.items() if t in used}
        if not names:
            return None
        examples = {t: sorted({s.text[a:b] for s in sentences for a, b, u in s.entities if u == t}) for t in names}
        return Source('clusters', 0.0, sentences, names, {}, examples)


def runs(text, typed):
    """Words of the text that have a type; neighbours of one type are one mention."""
    out = []
    for match in re.finditer(r'\w+', text):
        t = typed.get(match.group().lower())
        if t is None:
            continue
        if out and out[-1][2] == t and text[out[-1][1]:match.start()] == ' ':
            out[-1] = (out[-1][0], match.end(), t)
        else:
            out.append((match.start(), match.end(), t))
    return out
