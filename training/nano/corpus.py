"""The labelled sentences that the bundled models may learn from, by source, with licences; and what is kept from them.

Only sets whose licences allow commercial redistribution of derived works. Left out: BC2GM and LINNAEUS (for research only), GUM (its wikiHow part is
non-commercial and cannot be told from the rest by the sentences' ids). re3d, music and two of the written domains are kept aside as unseen
domains. A sentence that also stands in a test or dev file of any set is dropped.
"""
import argparse
import glob
import json
import os
import random
import re
from collections import defaultdict
from dataclasses import dataclass, field

# name: (weight among the episodes, share of the sentences without entities that is kept, licence)
SETS = {
    'wnut17/train': (0.8, 0.6, 'CC BY 4.0'), 'btc/train': (2.5, 0.6, 'CC BY 4.0'), 'wikigold/all': (0.8, 0.6, 'CC BY 4.0'),
    'sec/train': (0.2, 0.2, 'CC BY 3.0'), 'anem/train': (0.6, 0.3, 'CC BY-SA 3.0'), 'bc5cdr/train': (2.0, 0.5, 'public domain'),
    'ncbi-disease/train': (1.0, 0.3, 'public domain'), 'jnlpba/dev': (0.5, 0.5, 'GENIA (CC BY 3.0)'), 'genia-nested/pool': (0.5, 0.5, 'GENIA (CC BY 3.0)'),
    'craft/train': (1.5, 0.3, 'CC BY 3.0'), 'bionlp13cg/train': (0.8, 0.3, 'CC BY-SA 3.0'), 'bionlp11id/train': (0.5, 0.3, 'CC BY-SA 3.0'),
    'snips/train': (1.2, 1.0, 'CC0'), 'multiner/train': (1.0, 0.5, 'CC0'), 'litbank-nested/train': (3.0, 0.4, 'CC BY 4.0'),
}
WRITTEN_WEIGHT = 6.0
ASIDE = ('written/chess', 'written/veterinary')
WATCHED = ('wnut17/dev', 'bc5cdr/dev', 'litbank-nested/dev', 're3d/train', 'music/train')

# Other names for a type; a name that stands alone is always shown as it is.
NAMES = {
    'person': ['person', 'people', 'human name', 'individual', 'PER'], 'location': ['location', 'place', 'geographic location', 'LOC'],
    'organization': ['organization', 'organisation', 'company or institution', 'ORG'], 'miscellaneous': ['miscellaneous', 'misc', 'other entity'],
    'corporation': ['corporation', 'company', 'business'], 'creative-work': ['creative work', 'title of a work', 'creative-work'],
    'group': ['group', 'band, team or group'], 'product': ['product', 'consumer product'],
    'chemical': ['chemical', 'drug', 'chemical compound'], 'disease': ['disease', 'illness', 'medical condition'],
    'protein': ['protein', 'protein or protein family'], 'DNA': ['DNA', 'DNA region'], 'facility': ['facility', 'building or facility'],
    'geo-political entity': ['geo-political entity', 'country or city', 'GPE'], 'vehicle': ['vehicle', 'means of transport'],
}
# Types of any source whose mentions may stand in for mentions of a type, and lists of names that may.
KINDRED = {
    'person': {'person', 'politician', 'footballer', 'actor', 'musical_artist', 'councillor', 'customer'}, 'location': {'location', 'city', 'country', 'state', 'place', 'neighbourhood', 'station'},
    'organization': {'organization', 'organisation', 'company', 'team', 'political_party', 'employer', 'newspaper'}, 'corporation': {'corporation', 'company', 'brand', 'employer', 'airline', 'supplier'},
    'group': {'group', 'artist', 'band', 'sports_team', 'team'}, 'product': {'product', 'device', 'car_model', 'smart_device', 'synthesizer', 'model_number'},
    'creative-work': {'creative-work', 'creative_work', 'album', 'movie name', 'track', 'object name', 'film', 'tv_series', 'show', 'song', 'book', 'game_title'},
    'chemical': {'chemical', 'Chemical', 'Simple chemical', 'chemical entity', 'drug', 'medication'}, 'disease': {'disease', 'diagnosis', 'genetic_disorder', 'Cancer'},
    'protein': {'protein', 'Protein', 'gene or gene product', 'Gene or gene product'}, 'cell type': {'cell type', 'cell_type'}, 'cell_type': {'cell type', 'cell_type'},
}
NOUN_PHRASES = ('litbank-nested/train', 'written/novels-and-fiction', 'written/nineteenth-century-novel')  # their persons and places are no names
GAZETTEERS = {
    'person': ['first-name', '+last-name'], 'location': ['country', 'museum'], 'organization': ['university', 'company', 'sports-team', 'newspaper', 'government-agency', 'tv-network'],
    'product': ['product', 'consumer-product', 'car-model'], 'creative-work': ['tv-program', 'video-game'], 'group': ['sports-team'], 'corporation': ['company', 'brand', 'tv-network'],
}


@dataclass
class Sentence:
    text: str
    entities: list  # (start, end, type), code points


@dataclass
class Source:
    name: str
    weight: float
    sentences: list
    types: dict                                      # type: names to choose from
    definitions: dict = field(default_factory=dict)  # type: definition
    examples: dict = field(default_factory=dict)     # type: mentions, for swapping
    templates: bool = False  # the sentences hold {type} slots, filled anew each time
    mistakes: dict = field(default_factory=dict)     # text: what a model got wrong, as mistakes.ts writes it

    def __post_init__(self):
        self.by_type, self.by_word, self.words = defaultdict(list), defaultdict(list), []
        for i, sentence in enumerate(self.sentences):
            words = {w for w in re.findall(r'\w+', sentence.text.lower()) if len(w) > 3}
            self.words.append(words)
            for word in words:
                self.by_word[word].append(i)
            for t in {t for _, _, t in sentence.entities}:
                self.by_type[t].append(i)
        self.by_word = {w: rows for w, rows in self.by_word.items() if 2 <= len(rows) <= max(20, len(self.sentences) // 50)}

    def similar(self, i, rng, n):
        """Up to n sentences that share a rare word with the i-th."""
        rows = {j for w in self.words[i] for j in rng.sample(self.by_word.get(w, []), min(3, len(self.by_word.get(w, []))))} - {i}
        return rng.sample(sorted(rows), min(n, len(rows)))


def load(data, written, mistakes=None):
    """Every source. `data` is the folder of labelled sets (or None), `written` that of the domains written for this project, `mistakes` a file."""
    rng = random.Random(0)
    held = held_out(data) if data else set()
    known = read_mistakes(mistakes) if mistakes else {}
    sources = []
    for name, (weight, keep, _) in SETS.items() if data else ():
        rows = [row for row in read(os.path.join(data, f'{name}.jsonl')) if squeezed(row.text) not in held and len(row.text) < 1200]
        sources.append(source_of(name, weight, [row for row in rows if row.entities or rng.random() < keep], known.get(name, {})))
    domains = [d for d in read_domains(written, rng) if d.name not in ASIDE]
    for domain in domains:
        domain.weight = WRITTEN_WEIGHT / len(domains)
    return sources + domains


def watched(data, written):
    """Sources that no model learns from, for the loss on them to be watched while one does."""
    sets = [source_of(name, 1.0, list(read(os.path.join(data, f'{name}.jsonl')))) for name in WATCHED] if data else []
    domains = [d for d in read_domains(written, random.Random(0)) if d.name in ASIDE]
    for domain in domains:
        domain.weight = 1.0
    return sets + domains


def source_of(name, weight, rows, mistakes=None):
    types = sorted({t for row in rows for _, _, t in row.entities})
    examples = {t: sorted({row.text[s:e] for row in rows for s, e, u in row.entities if u == t}) for t in types}
    return Source(name, weight, rows, {t: NAMES.get(t, [t]) for t in types}, {}, examples, mistakes=mistakes or {})


def read_domains(written, rng):
    return [read_written(path, rng) for path in sorted(glob.glob(os.path.join(written, '*.json')))]


def read(path):
    with open(path) as lines:
        for line in lines:
            row = json.loads(line)
            yield Sentence(row['text'], sorted((e['start'], e['end'], e['type']) for e in row['entities']))


def read_mistakes(path):
    """Source: text: mistakes."""
    known = defaultdict(dict)
    with open(path) as lines:
        for line in lines:
            row = json.loads(line)
            known[row['source']][row['text']] = row
    return known


def read_written(path, rng):
    with open(path) as file:
        domain = json.load(file)
    types = {t: spec['names'] for t, spec in domain['types'].items()}
    sentences = [Sentence(*fill(s, {t: [f'{{{t}}}'] for t in types}, rng)) for s in domain['sentences']]
    return Source(f'written/{domain["domain"]}', 0.0, sentences, types, {t: spec['definition'] for t, spec in domain['types'].items()},
                  {t: spec['examples'] for t, spec in domain['types'].items()}, templates=True)


def fill(template, examples, rng):
    """A sentence from a template with {type} slots: its text and entities."""
    text, entities = '', []
    for part in re.split(r'(\{[^{}]*\})', template):
        options = examples.get(part[1:-1]) if part.startswith('{') else None
        piece = rng.choice(options) if options else part
        if options:
            entities.append((len(text), len(text) + len(piece), part[1:-1]))
        text += piece
    return text, entities


def held_out(data):
    """Squeezed texts of every test and dev file, but for jnlpba's dev file, which has no train file beside it."""
    texts = set()
    for path in glob.glob(os.path.join(data, '*', '*.jsonl')):
        folder, split = os.path.basename(os.path.dirname(path)), os.path.basename(path)
        if split in ('test.jsonl', 'dev.jsonl') and (folder, split) != ('jnlpba', 'dev.jsonl'):
            texts |= {squeezed(row.text) for row in read(path) if len(row.text) > 25}
    return texts


def squeezed(text):
    return re.sub(r'\W+', '', text).lower()


def stand_ins(sources, data):
    """Type: names, for swapping mentions; those of all sources and those of the lists, each list of names weighing as much as all the others' mentions."""
    lists = gazetteers(data)
    for t, kin in KINDRED.items():
        known = sorted({m for s in sources if s.name not in NOUN_PHRASES for u in kin & set(s.examples) for m in s.examples[u]})
        listed = lists.get(t, [])
        lists[t] = known * max(1, len(listed) // max(1, len(known))) + listed
    return lists


def gazetteers(data):
    """Type: names of the lists."""
    lists = {}
    for t, files in GAZETTEERS.items() if data else ():
        names = []
        for file in files:
            with open(os.path.join(data, 'gazetteers', file.strip('+') + '.txt')) as lines:
                part = [cased(line.strip()) for line in lines if line.strip()]
            names = [f'{a} {b}' for a, b in zip(shuffled(names), shuffled(part))] + names[:2000] if file.startswith('+') else names + part
        lists[t] = names
    return lists


def cased(name):
    """The lists are partly in lower or upper case only."""
    return name.title() if name in (name.lower(), name.upper()) and len(name) > 3 else name


def shuffled(items):
    return random.Random(0).sample(items, len(items))


def table(data, written):
    """What is trained on, as a table in Markdown, with counts after everything that is left out."""
    sources = load(data, written)
    rows = [(s.name, f'{len(s.sentences):,}', f'{sum(len(x.entities) for x in s.sentences):,}', len(s.types), SETS[s.name][2]) for s in sources if not s.templates]
    domains = [s for s in sources if s.templates]
    rows.append((f'{len(domains)} domains in `training/written`', f'{sum(len(s.sentences) for s in domains):,} with slots', 'filled anew each time',
                 sum(len(s.types) for s in domains), 'Apache-2.0'))
    return '\n'.join('| ' + ' | '.join(map(str, row)) + ' |' for row in [('set', 'sentences', 'mentions', 'types', 'licence'), ('---',) * 5, *rows])


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description='Prints what is trained on, and writes it into cards between <!-- data --> and <!-- end of data -->.')
    parser.add_argument('--data', required=True)
    parser.add_argument('--written', default=os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'written'))
    parser.add_argument('--cards', nargs='*', default=[])
    options = parser.parse_args()
    found = table(options.data, options.written)
    print(found)
    for path in options.cards:
        with open(path) as file:
            card = file.read()
        with open(path, 'w') as file:
            file.write(re.sub(r'(<!-- data -->\n)[\s\S]*?(\n<!-- end of data -->)', lambda m: f'{m[1]}\n{found}\n{m[2]}', card))
