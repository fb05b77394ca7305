"""Training episodes for in-context named entity recognition, in the prompt form of the dialect `nano` (src/prompting/nano.ts):

    prefix    [types] a [sep] b [end] ( [text] S [spans] m1 [type] t1 [sep] m2 [type] t2 [end] )* [text] S
    extract   [extract]                       -> m1 [sep] m2 [end]
    joint     [spans]                         -> m1 [type] t1 [sep] m2 [type] t2 [end]
    classify  [classify] m1 [sep] m2 [type]   -> t1 [sep] none [end]
    verify    [verify] m [type] t [ask]       -> yes [end]  or  no [end]

An episode is the main line (types, then text and joint answer of every sentence) with branches: at every text hang an extraction, a classification and
a few verifications, each of which sees the prefix up to that text and itself. So every sentence of an episode is asked about in every task, with
the sentences before it as demonstrations, for the price of one prefix.
"""
import random
import re

import numpy as np

SPECIALS = [f'<|{name}|>' for name in ('extract', 'classify', 'verify', 'types', 'text', 'spans', 'sep', 'type', 'ask', 'end')]
COPYING_TOKENS, COPYING_SHARE, COPYING_WEIGHT = 10e6, 0.15, 0.25  # copying is practised at the beginning
TEXT_SHARE, TEXT_WEIGHT = 0.25, 0.08  # of the positions inside texts, how many have a loss, and what a text token weighs
SWAPPED, COINED = 0.6, 0.2  # share of the sentences some of whose mentions are replaced, and of the replacements that are made up
ANSWER_WEIGHT = {'extract': 1.0, 'joint': 1.0, 'classify': 1.0, 'verify': 2.0}


class Coder:
    """Token ids of texts and control tokens."""

    def __init__(self, processor):
        self.processor, self.cache = processor, {}
        self.control = {s.strip('<|>'): processor.piece_to_id(s) for s in SPECIALS}
        pieces = map(processor.id_to_piece, range(processor.vocab_size()))
        self.words = [piece[1:] for piece in pieces if re.fullmatch('▁[a-z]{4,}', piece)]

    def __call__(self, *parts):
        """A part is [name] for a control token, or a text."""
        ids = []
        for part in parts:
            ids += [self.control[part[0]]] if isinstance(part, list) else self.text(part)
        return ids

    def text(self, text):
        ids = self.cache.get(text)
        if ids is None:
            if len(self.cache) > 300_000:
                self.cache.clear()
            ids = self.cache[text] = self.processor.encode(text)
        return ids


class Episode:
    """Tokens with what they see, and the positions with a loss."""

    def __init__(self):
        self.ids, self.pos, self.hi, self.own = [], [], [], []
        self.at, self.target, self.weight = [], [], []

    def main(self, ids, weight=0.0, rng=None):
        """Appends to the main line, before any branch; the loss on a token is at the position before it."""
        n, m = len(self.ids), len(ids)
        self.extend(ids, range(n, n + m), 0, 0)
        self.lose(n - 1, ids, weight, rng)

    def branch(self, hi, question, answer, weight):
        """A branch that sees the first `hi` tokens of the main line."""
        n, ids = len(self.ids), question + answer
        self.extend(ids, range(hi, hi + len(ids)), hi, n)
        self.lose(n + len(question) - 1, answer, weight)

    def extend(self, ids, pos, hi, own):
        self.ids += ids
        self.pos += pos
        self.hi += [hi] * len(ids)
        self.own += [own] * len(ids)

    def lose(self, before, ids, weight, rng=None):
        if weight == 0:
            return
        picked = range(len(ids)) if rng is None else [i for i in range(len(ids)) if rng.random() < TEXT_SHARE]
        self.at += [before + i for i in picked]
        self.target += [ids[i] for i in picked]
        self.weight += [weight if rng is None else weight / TEXT_SHARE] * len(picked)


class Episodes:
    def __init__(self, sources, names, coder, seed=0, emphasis=None, plain=(), renamed=0.18, clusters=None):
        """
        `emphasis` maps beginnings of sources' names to factors of their weight; `plain` are sentences for language modelling; a share of `renamed` shows
        types by names by chance; `clusters` makes the sources of its share of the episodes.
        """
        self.rng, self.sources, self.names, self.coder, self.plain, self.renamed = random.Random(seed), sources, names, coder, plain, renamed
        self.clusters, self.held = clusters, None
        factor = lambda name: next((f for start, f in (emphasis or {}).items() if name.startswith(start)), 1.0)
        self.weights = [s.weight * factor(s.name) for s in sources]

    def next(self, copying=False):
        rng = self.rng
        if copying and rng.random() < COPYING_SHARE:
            return self.copying()
        if self.plain and rng.random() < 0.06:
            return self.language()
        source = self.source()
        budget = rng.choices([200, 300, 400, 500, 600, 800, 1000, 1900], [2, 3, 4, 4, 3, 2, 1, 0.5])[0]
        labels, absent = self.inventory(source)
        form = self.form()
        shown = list(dict.fromkeys(labels.values())) + absent
        rng.shuffle(shown)
        episode = Episode()
        episode.main([1] + self.coder(['types'], *separated(shown), ['end']))
        branches, seen = [], set()
        for i in self.rows(source, labels):
            sentence = self.sentence(source, i, labels, form)
            if sentence is None or sentence[0] in seen:
                continue
            text, gold, others, mistakes = sentence
            body, answer = self.coder.text(text), self.answer(gold)
            if len(episode.ids) + len(body) + len(answer) > budget and branches:
                break
            seen.add(text)
            episode.main(self.coder(['text']))
            episode.main(body, TEXT_WEIGHT, rng)
            branches += [(len(episode.ids), *b) for b in self.branches(text, gold, others, shown, mistakes)]
            episode.main(self.coder(['spans']))
            episode.main(answer, ANSWER_WEIGHT['joint'])
            if len(episode.ids) > budget:
                break
        if len(episode.ids) > 2000:
            return self.next(copying)
        for hi, task, question, answer in branches:
            episode.branch(hi, question, answer, ANSWER_WEIGHT[task])
        return episode

    def source(self):
        made = self.clusters.source(self.rng) if self.clusters and self.rng.random() < self.clusters.share else None
        return made or self.rng.choices(self.sources, self.weights)[0]

    def language(self):
        episode, size = Episode(), self.rng.choice([200, 400])
        episode.main([1])
        i = self.rng.randrange(len(self.plain))
        while len(episode.ids) < size:
            episode.main(self.coder(['text']))
            episode.main(self.coder.text(self.plain[i % len(self.plain)]), TEXT_WEIGHT * 2, self.rng)
            i += 1
        return episode

    def copying(self):
        """Strings of tokens by chance, to be gone on with: what copies them copies mentions, and learns it sooner."""
        rng, episode, branches = self.rng, Episode(), []
        episode.main([1])
        for _ in range(4):
            ids = [rng.randrange(300, self.coder.processor.vocab_size()) for _ in range(rng.randint(15, 50))]
            episode.main(self.coder(['text']) + ids)
            branches += [(len(episode.ids), ids[start:start + rng.randint(3, 8)]) for start in rng.sample(range(len(ids) - 2), 4)]
        for hi, piece in branches:
            episode.branch(hi, self.coder(['extract']) + piece[:1], piece[1:], COPYING_WEIGHT)
        return episode

    def inventory(self, source):
        """Shown name of each type that is asked for, and a few names of types that the source does not have."""
        rng, types = self.rng, sorted(source.types)
        keep = types if len(types) <= 16 and rng.random() < 0.7 else rng.sample(types, rng.randint(1, min(12, len(types))))
        style = rng.random()
        if style < 0.45 * self.renamed:
            letters = rng.sample('ABCDEFGHIJKLMNOPQRSTUVWXYZ', 26)
            labels = {t: f'type {letters[i % 26]}{"" if i < 26 else i}' for i, t in enumerate(keep)}
        elif style < self.renamed:
            labels = dict(zip(keep, rng.sample(self.coder.words, len(keep))))
        else:
            labels = {t: (rng.choice(source.types[t]) if rng.random() < 0.4 else source.types[t][0]).replace('_', ' ').replace('-', ' ') for t in keep}
            if len(set(labels.values())) < len(labels):
                labels = {t: t for t in keep}
        if len(keep) > 2 and rng.random() < 0.12:
            one, other = rng.sample(keep, 2)
            labels[one] = labels[other] = f'{labels[one]} or {labels[other]}'
        absent = []
        if rng.random() < 0.12:
            other = rng.choice(self.sources)
            mine = {name for names in source.types.values() for name in names}
            absent = [t for t in rng.sample(sorted(other.types), min(2, len(other.types))) if t not in mine and t not in labels.values()]
        return labels, absent

    def form(self):
        """How the texts of one episode are written: tokens joined by spaces or not, and the case."""
        rng = self.rng
        detached = rng.random() < 0.5
        case = rng.choices([None, str.lower, str.upper], [0.93, 0.05, 0.02])[0]
        return lambda s: (case or (lambda x: x))(s if detached else detokenize(s))

    def rows(self, source, labels):
        """Sentences of an episode: some that share a rare word with others, some of one type, some of any kind."""
        rng = self.rng
        related = rng.random() < 0.6
        first = rng.randrange(len(source.sentences))
        near = source.similar(first, rng, 6) if related else []
        rows = near + [first]
        t = rng.choice(sorted(labels))
        while len(rows) < 40:
            some = source.by_type.get(t)
            rows.append(rng.choice(some) if some and rng.random() < 0.35 else rng.randrange(len(source.sentences)))
            if rng.random() < 0.3:
                t = rng.choice(sorted(labels))
        head = rows[:8]
        rng.shuffle(head)
        return head + rows[8:]

    def sentence(self, source, i, labels, form):
        """Text, {mention: label} in the text's order, mentions of types that are not asked for, and mistakes: strings and (string, label) claims."""
        rng, raw = self.rng, source.sentences[i]
        text, entities = raw.text, raw.entities
        if source.templates:
            text, entities = refill(text, entities, source.examples, rng)
        elif entities and rng.random() < SWAPPED:
            text, entities = self.swapped(source, text, entities)
        written = form(text)
        gold, others = {}, []
        for start, end, t in sorted(entities, key=lambda e: (e[0], -e[1])):
            mention = form(text[start:end]).strip()
            if not mention or mention not in written or not any(c.isalnum() for c in mention):
                continue
            if t in labels:
                gold.setdefault(mention, labels[t])
            else:
                others.append(mention)
        if len(gold) > 40 or not written.strip():
            return None
        gold = dict(sorted(gold.items(), key=lambda item: written.find(item[0])))
        known = source.mistakes.get(raw.text, {'spurious': [], 'mistyped': []})
        spurious = [m for m in map(form, known['spurious']) if m in written and m not in gold and m not in others]
        mistyped = [(form(m), labels[t]) for m, t in known['mistyped'] if t in labels and gold.get(form(m), labels[t]) != labels[t]]
        return written, gold, [m for m in others if m not in gold], (spurious, mistyped)

    def swapped(self, source, text, entities):
        """Some mentions replaced by others of their type, where none overlap."""
        rng = self.rng
        if any(a[1] > b[0] for a, b in zip(entities, entities[1:])):
            return text, entities
        out, moved, last = '', [], 0
        for start, end, t in entities:
            mention = text[start:end]
            if rng.random() < 0.5:
                names = (rng.random() < 0.7 and self.names.get(t)) or source.examples[t]
                mention = rng.choice(names)
                if rng.random() < COINED:
                    mention = coined(mention, rng.choice(names))
            out += text[last:start]
            moved.append((len(out), len(out) + len(mention), t))
            out += mention
            last = end
        return out + text[last:], moved

    def answer(self, gold):
        return self.coder(*separated([part for m, t in gold.items() for part in (m, ['type'], t)], 3), ['end'])

    def branches(self, text, gold, others, shown, mistakes):
        """(task, question, answer) of what is asked about one text."""
        rng, coder = self.rng, self.coder
        yield 'extract', coder(['extract']), coder(*separated(list(gold)), ['end'])
        spurious, mistyped = mistakes
        wrong = rng.sample(spurious, min(len(spurious), 3))
        wrong += [m for m in false_spans(text, gold, others, rng, rng.randint(0 if gold or wrong else 1, 4)) if m not in wrong]
        asked = dict(list(gold.items())[:12])
        asked.update({m: 'none' for m in wrong})
        asked = sorted(asked.items(), key=lambda item: text.find(item[0]))[:12]
        if asked and rng.random() < 0.8:
            yield 'classify', coder(['classify'], *separated([m for m, _ in asked]), ['type']), coder(*separated([t for _, t in asked]), ['end'])
        claims = [(m, rng.choice(shown), 'no') for m in wrong]
        if gold and len(shown) > 1:
            m, t = rng.choice(list(gold.items()))
            claims += [(m, rng.choice([u for u in shown if u != t]), 'no')] * 2
        claims = rng.sample(claims, min(len(claims), rng.randint(1, 2))) + [(m, t, 'no') for m, t in rng.sample(mistyped, min(len(mistyped), 1))]
        claims += [(m, t, 'yes') for m, t in rng.sample(list(gold.items()), min(len(gold), max(1, len(claims))))]
        for m, t, verdict in claims:
            yield 'verify', coder(['verify'], m, ['type'], t, ['ask']), coder(verdict, ['end'])


def separated(parts, every=1):
    """The parts with [sep] after each `every` of them but the last."""
    out = []
    for i, part in enumerate(parts):
        if i and i % every == 0:
            out.append(['sep'])
        out.append(part)
    return out


def refill(text, entities, examples, rng):
    """A template's {type} slots filled with examples."""
    out, filled, last = '', [], 0
    for start, end, t in entities:
        out += text[last:start]
        mention = rng.choice(examples[t])
        if mention[0].isupper() and rng.random() < COINED:
            mention = coined(mention, rng.choice(examples[t]))
        filled.append((len(out), len(out) + len(mention), t))
        out += mention
        last = end
    return out + text[last:], filled


def false_spans(text, gold, others, rng, n):
    """Strings of the text that are no mention: mentions of types not asked for, mentions with a border moved, other words, capitalised ones first."""
    words, out = text.split(' '), []
    for _ in range(10 * n):
        if len(out) >= n:
            break
        kind = rng.random()
        if others and kind < 0.35:
            found = rng.choice(others)
        elif gold and kind < 0.6:
            found = shifted(text, rng.choice(list(gold)), rng)
        else:
            i = rng.randrange(len(words))
            found = ' '.join(words[i:i + rng.choice([1, 1, 1, 2, 2, 3])])
            if rng.random() < 0.5 and not found[:1].isupper():
                continue
        found = found.strip('.,;:!?()"\' ')
        if found and found in text and found not in gold and found not in out and any(c.isalnum() for c in found):
            out.append(found)
    return out


def coined(name, other):
    """The name with its longest word made into one that nobody has read, with the end of the other's."""
    front, back = (max(re.findall(r'\w+', n), key=len, default='') for n in (name, other))
    if min(len(front), len(back)) < 4:
        return name
    word = front[:(len(front) + 1) // 2] + back[len(back) // 2:]
    return name.replace(front, word if not front.islower() else word.lower(), 1)


def shifted(text, mention, rng):
    """The mention with one word more or fewer at one end."""
    words = mention.split(' ')
    if len(words) > 1 and rng.random() < 0.5:
        return ' '.join(words[1:] if rng.random() < 0.5 else words[:-1])
    around = re.search(r'(\S+ )?' + re.escape(mention) + r'( \S+)?', text)
    before, after = (around.group(1) or '', around.group(2) or '') if around else ('', '')
    return before + mention if rng.random() < 0.5 else mention + after


def detokenize(text):
    text = re.sub(r" ([.,;:!?%)\]}’]|n't|'s|'re|'ve|'ll|'d|'m)(?=\s|$|[.,;:!?)])", r'\1', text)
    return re.sub(r'([(\[{$#@]) (?=\w)', r'\1', text)


def pack(episodes, tokens, copying=False):
    """Arrays of a batch of at most `tokens` tokens (see model.Batch), or of one episode that is longer. An episode that no longer fits is held for the next batch."""
    parts, starts = [], [0]
    at, target, weight = [], [], []
    while True:
        e, episodes.held = episodes.held or episodes.next(copying), None
        if parts and starts[-1] + len(e.ids) > tokens:
            episodes.held = e
            break
        at += [starts[-1] + i for i in e.at]
        target += e.target
        weight += e.weight
        parts.append(e)
        starts.append(starts[-1] + len(e.ids))
    flat = lambda name, kind: np.fromiter((x for e in parts for x in getattr(e, name)), kind, starts[-1])
    weight = np.array(weight, np.float32)
    return (flat('ids', np.int64), flat('pos', np.int32), flat('hi', np.int32), flat('own', np.int32), np.array(starts), np.array(at), np.array(target),
            weight / weight.sum())
