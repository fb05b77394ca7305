import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { conllevalCounts, conllevalReport, type TaggedSentence } from './conlleval.ts';
import { sumCounts, sumTypeCounts } from './scorer.ts';
import { sequences } from './tag-sequences.fixture.ts';
import { taggedSpans } from './tagged-spans.ts';

function sentence(gold: string, predicted: string): TaggedSentence {
  return { gold: gold.split(' '), predicted: predicted.split(' ') };
}

function report(...sentences: readonly TaggedSentence[]): string {
  const counts = conllevalCounts(sentences);
  return conllevalReport({
    tokens: counts.reduce((sum, { tokens }) => sum + tokens, 0),
    correctTags: counts.reduce((sum, { correctTags }) => sum + correctTags, 0),
    chunks: sumTypeCounts(counts.map(({ chunks }) => chunks)),
  });
}

// What the script prints for these.
const reports: readonly { readonly name: string; readonly sentences: readonly TaggedSentence[]; readonly report: readonly string[] }[] = [
  {
    name: 'IOB2, with a boundary and a type wrong',
    sentences: [sentence('B-PER I-PER O O B-LOC', 'B-PER I-PER O B-LOC B-LOC'), sentence('O B-ORG I-ORG O O O O', 'O B-ORG O O O O O')],
    report: [
      'processed 12 tokens with 3 phrases; found: 4 phrases; correct: 2.',
      'accuracy:  83.33%; precision:  50.00%; recall:  66.67%; FB1:  57.14',
      '              LOC: precision:  50.00%; recall: 100.00%; FB1:  66.67  2',
      '              ORG: precision:   0.00%; recall:   0.00%; FB1:   0.00  1',
      '              PER: precision: 100.00%; recall: 100.00%; FB1: 100.00  1',
    ],
  },
  {
    name: 'IOB1 and IOB2 that mean the same',
    sentences: [sentence('I-A I-A B-A O', 'B-A I-A B-A O')],
    report: [
      'processed 4 tokens with 2 phrases; found: 2 phrases; correct: 2.',
      'accuracy:  75.00%; precision: 100.00%; recall: 100.00%; FB1: 100.00',
      '                A: precision: 100.00%; recall: 100.00%; FB1: 100.00  2',
    ],
  },
  {
    name: 'a chunk does not go on in the next sentence',
    sentences: [sentence('B-A', 'B-A'), sentence('I-A', 'I-A')],
    report: [
      'processed 2 tokens with 2 phrases; found: 2 phrases; correct: 2.',
      'accuracy: 100.00%; precision: 100.00%; recall: 100.00%; FB1: 100.00',
      '                A: precision: 100.00%; recall: 100.00%; FB1: 100.00  2',
    ],
  },
  {
    name: 'a chunk that is too long, and a type that is never found',
    sentences: [sentence('B-A O B-B', 'B-A I-A O')],
    report: [
      'processed 3 tokens with 2 phrases; found: 1 phrases; correct: 0.',
      'accuracy:  33.33%; precision:   0.00%; recall:   0.00%; FB1:   0.00',
      '                A: precision:   0.00%; recall:   0.00%; FB1:   0.00  1',
      '                B: precision:   0.00%; recall:   0.00%; FB1:   0.00  0',
    ],
  },
  {
    name: 'no chunks',
    sentences: [sentence('O O', 'O O')],
    report: [
      'processed 2 tokens with 0 phrases; found: 0 phrases; correct: 0.',
      'accuracy: 100.00%; precision:   0.00%; recall:   0.00%; FB1:   0.00',
    ],
  },
  { name: 'no tokens', sentences: [], report: ['processed 0 tokens with 0 phrases; found: 0 phrases; correct: 0.'] },
  {
    name: 'tags without types, whose line stands twice where they are gold and found; a type is cut at the first hyphen',
    sentences: [sentence('B I O B-x-y', 'B I B B-x')],
    report: [
      'processed 4 tokens with 2 phrases; found: 3 phrases; correct: 1.',
      'accuracy:  50.00%; precision:  33.33%; recall:  50.00%; FB1:  40.00',
      '                 : precision:  50.00%; recall: 100.00%; FB1:  66.67  2',
      '                 : precision:  50.00%; recall: 100.00%; FB1:  66.67  2',
      '                x: precision:   0.00%; recall:   0.00%; FB1:   0.00  1',
      '              x-y: precision:   0.00%; recall:   0.00%; FB1:   0.00  0',
    ],
  },
  {
    name: 'the type 0, which is none, and a type of more bytes than characters',
    sentences: [sentence('B-0 B-地点 O', 'O B-地点 O')],
    report: [
      'processed 3 tokens with 2 phrases; found: 1 phrases; correct: 1.',
      'accuracy:  66.67%; precision: 100.00%; recall:  50.00%; FB1:  66.67',
      '                 : precision:   0.00%; recall:   0.00%; FB1:   0.00  0',
      '           地点: precision: 100.00%; recall: 100.00%; FB1: 100.00  1',
    ],
  },
  {
    name: 'types in the order of their bytes, which is not that of UTF-16 code units',
    sentences: [sentence('B-🎉 B-ﬁ', 'B-🎉 B-ﬁ')],
    report: [
      'processed 2 tokens with 2 phrases; found: 2 phrases; correct: 2.',
      'accuracy: 100.00%; precision: 100.00%; recall: 100.00%; FB1: 100.00',
      '              ﬁ: precision: 100.00%; recall: 100.00%; FB1: 100.00  1',
      '             🎉: precision: 100.00%; recall: 100.00%; FB1: 100.00  1',
    ],
  },
  {
    name: 'brackets, of which one starts before the other ended',
    sentences: [sentence('I-A [-A O', 'I-A [-A O')],
    report: [
      'processed 3 tokens with 2 phrases; found: 2 phrases; correct: 1.',
      'accuracy: 100.00%; precision:  50.00%; recall:  50.00%; FB1:  50.00',
      '                A: precision:  50.00%; recall:  50.00%; FB1:  50.00  2',
    ],
  },
];
for (const { name, sentences, report: expected } of reports) {
  test(`the report for ${name}`, () => assert.equal(report(...sentences), `${expected.join('\n')}\n`));
}

describe('of two decimals that are equally near the even one is printed', () => {
  for (const [correct, printed] of [
    [1, '3.12'],
    [3, '9.38'],
    [5, '15.62'],
    [7, '21.88'],
    [31, '96.88'],
  ] as const) {
    test(`${correct} of 32`, () => {
      const counts = { tokens: 32, correctTags: correct, chunks: new Map() };
      assert.ok(conllevalReport(counts).includes(`\naccuracy: ${printed.padStart(6)}%; `));
    });
  }
});

describe('ill-formed tags', () => {
  const tags = ['O', 'B-A', 'I-A', 'B-B', 'I-B', 'E-A', 'S-A'];
  const all = sequences(tags, 4).filter(({ length }) => length > 0);

  /** Chunks by definition: from each token that starts one to the first token after which one ends. */
  function slowChunks(sequence: readonly string[]): readonly string[] {
    const at = (index: number) => {
      const [prefix = 'O', type = ''] = (sequence[index] ?? 'O').split('-');
      return { prefix, type };
    };
    function starts(index: number): boolean {
      const [before, here] = [at(index - 1), at(index)];
      if (here.prefix === 'O') return false;
      if (before.type !== here.type) return true;
      return here.prefix === 'B' ? 'BI'.includes(before.prefix) : 'IE'.includes(here.prefix) && before.prefix === 'E';
    }
    function endsAfter(index: number): boolean {
      const [here, after] = [at(index), at(index + 1)];
      return (
        here.type !== after.type || ('BI'.includes(here.prefix) ? after.prefix === 'B' : here.prefix === 'E' && 'EI'.includes(after.prefix))
      );
    }
    return sequence.flatMap((_, start) => {
      if (!starts(start)) return [];
      let last = start;
      while (!endsAfter(last)) last++;
      return [`${at(start).type} ${start}-${last + 1}`];
    });
  }

  test('every sequence of up to four has the chunks of the definition', () => {
    for (const sequence of all) {
      const chunks = taggedSpans(sequence, 'conlleval').map(({ start, end, type }) => `${type} ${start}-${end}`);
      assert.deepEqual(chunks, slowChunks(sequence), sequence.join(' '));
    }
  });

  test('every sequence, against others of its length, is counted as the chunks of the definition are', () => {
    const sentences = [1, 2, 3, 4].flatMap((tokens) => {
      const ofLength = all.filter(({ length }) => length === tokens);
      return ofLength.flatMap((gold, index) =>
        [0, 1, 50, index].map((step) => ({ gold, predicted: ofLength[(index + step) % ofLength.length] ?? gold })),
      );
    });
    const counts = conllevalCounts(sentences);
    for (const [index, { gold, predicted }] of sentences.entries()) {
      const [goldChunks, found] = [slowChunks(gold), slowChunks(predicted)];
      const correct = found.filter((chunk) => goldChunks.includes(chunk)).length;
      assert.deepEqual(
        sumCounts(counts[index]?.chunks.values() ?? []),
        { truePositives: correct, falsePositives: found.length - correct, falseNegatives: goldChunks.length - correct },
        `${gold.join(' ')} / ${predicted.join(' ')}`,
      );
    }
  });
});
