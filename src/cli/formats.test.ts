import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import picocolors from 'picocolors';
import { conllFormat } from './conll-format.ts';
import type { Format, FormatSettings } from './format.ts';
import { htmlFormat } from './html/report-format.ts';
import { jsonFormat, ndjsonFormat } from './json-format.ts';
import { arriving, eventful, recognition } from './recognition.fixture.ts';
import { textFormat } from './text-format.ts';

const settings: FormatSettings = {
  types: [{ name: 'person' }, { name: 'location', definition: 'A "place" & more' }],
  several: false,
  trace: false,
  colours: picocolors.createColors(false),
  note: (line) => assert.fail(`unexpected note: ${line}`),
};
const ada = recognition('1', 'Ada slept in Rome.', [
  ['Ada', 'person'],
  ['Rome', 'location'],
]);
const nobody = recognition('2', 'It rained.', []);

async function print(format: Format, recognitions: readonly (typeof ada)[], changes: Partial<FormatSettings> = {}): Promise<string> {
  return (await Array.fromAsync(format(arriving(...recognitions), { ...settings, ...changes }))).join('');
}

describe('text', () => {
  test('shows the text with its entities, then a table', async () => {
    assert.equal(
      await print(textFormat, [ada]),
      `[Ada](person) slept in [Rome](location).

type      score  offsets  text
person     0.88      0–3  Ada
location   0.88    13–17  Rome
`,
    );
  });

  test('names several documents and says where there is nothing', async () => {
    const shown = await print(textFormat, [nobody, nobody], { several: true });
    assert.equal(shown, '── 2\nIt rained.\n\nno entities\n\n── 2\nIt rained.\n\nno entities\n');
  });

  test('keeps an entity of several lines on one line of the table', async () => {
    const shown = await print(textFormat, [recognition('1', 'New\nYork', [['New\nYork', 'location']])]);
    assert.match(shown, /^\[New\nYork\]\(location\)\n[\s\S]*0–8 {2}New York\n$/);
  });

  test('with a trace tells the story first', async () => {
    assert.match(await print(textFormat, [eventful], { trace: true }), /^Retrieve\n[\s\S]*\nIn all {2}.*\n\n\[Ada\]\(person\) met bob/);
  });
});

describe('json', () => {
  test('one document is an object with exactly these fields', async () => {
    assert.equal(
      await print(jsonFormat, [recognition('1', 'Ada', [['Ada', 'person']])]),
      `{
  "id": "1",
  "text": "Ada",
  "entities": [
    {
      "start": 0,
      "end": 3,
      "text": "Ada",
      "type": "person",
      "score": 0.8765
    }
  ]
}
`,
    );
  });

  for (const documents of [[], [ada], [ada, nobody]]) {
    test(`a list is an array, also of ${documents.length}`, async () => {
      const printed: unknown = JSON.parse(await print(jsonFormat, documents, { several: true }));
      assert.deepEqual(printed, await Promise.all(documents.map(async (document) => JSON.parse(await print(jsonFormat, [document])))));
    });
  }

  test('indentation changes no text, whatever separators of lines it has', async () => {
    const text = 'a\u2028b\u2029c\nd';
    const printed = JSON.parse(await print(jsonFormat, [recognition('1', text, [])], { several: true }));
    assert.equal(printed[0].text, text);
  });
});

describe('ndjson', () => {
  test('one object a line, as soon as it comes', async () => {
    const pieces = await Array.fromAsync(ndjsonFormat(arriving(ada, nobody), settings));
    assert.deepEqual(pieces, [
      '{"id":"1","text":"Ada slept in Rome.","entities":[{"start":0,"end":3,"text":"Ada","type":"person","score":0.8765},{"start":13,"end":17,"text":"Rome","type":"location","score":0.8765}]}\n',
      '{"id":"2","text":"It rained.","entities":[]}\n',
    ]);
  });

  test('says which members took no part', async () => {
    const { degraded } = JSON.parse(await print(ndjsonFormat, [eventful]));
    assert.deepEqual(degraded, eventful.degraded);
  });

  test('on demand has the trace of every window, and what it cost', async () => {
    const { trace } = JSON.parse(await print(ndjsonFormat, [eventful], { trace: true }));
    assert.deepEqual(trace, { usage: eventful.usage, durationMs: eventful.durationMs, windows: eventful.trace });
  });
});

describe('conll', () => {
  const spaces = 'texts whose white space is not kept';
  const cases: Record<
    string,
    readonly [text: string, entities: readonly (readonly [string, string])[], expected: string, notes?: readonly string[]]
  > = {
    'an entity of two words, and two that touch': [
      'Ada Lovelace, Rome',
      [
        ['Ada Lovelace', 'person'],
        ['Rome', 'location'],
      ],
      'Ada\tB-person\nLovelace\tI-person\n,\tO\nRome\tB-location\n\n',
      [`${spaces}: 1`],
    ],
    'a part of a word': ['unEnglandlike', [['England', 'location']], 'un\tO\nEngland\tB-location\nlike\tO\n\n', [`${spaces}: 1`]],
    'two sentences': [
      'It rained. Ada slept.',
      [['Ada', 'person']],
      'It\tO\nrained\tO\n.\tO\n\nAda\tB-person\nslept\tO\n.\tO\n\n',
      [`${spaces}: 2`],
    ],
    'an entity across sentences, which are one then': [
      'Who? Where? Why?',
      [['Who? Where', 'creative work']],
      'Who\tB-creative work\n?\tI-creative work\nWhere\tI-creative work\n?\tO\n\nWhy\tO\n?\tO\n\n',
      [`${spaces}: 2`, 'mentions with a space in their type, where some tools part columns: 1'],
    ],
    'an emoji of several characters': ['👩‍🚀 Ada', [['Ada', 'person']], '👩‍🚀\tO\nAda\tB-person\n\n'],
    'an entity with white space around it, between sentences': [
      'a.\n\nAda',
      [['\n\nAda', 'person']],
      'a\tO\n.\tO\n\nAda\tB-person\n\n',
      [`${spaces}: 1`],
    ],
    'the outermost of nested entities': [
      'Bank of England',
      [
        ['England', 'location'],
        ['Bank of England', 'organization'],
      ],
      'Bank\tB-organization\nof\tI-organization\nEngland\tI-organization\n\n',
      ['mentions inside or across others, left out: 1'],
    ],
    nothing: ['', [], ''],
  };
  for (const [name, [text, entities, expected, expectedNotes = []]] of Object.entries(cases)) {
    test(name, async () => {
      const notes: string[] = [];
      assert.equal(await print(conllFormat, [recognition('1', text, entities)], { note: (line) => notes.push(line) }), expected);
      assert.deepEqual(notes, expectedNotes);
    });
  }

  test('of all documents in their order, with the notes of all together', async () => {
    const notes: string[] = [];
    const printed = await print(conllFormat, [nobody, ada], { note: (line) => notes.push(line) });
    assert.equal(printed, 'It\tO\nrained\tO\n.\tO\n\nAda\tB-person\nslept\tO\nin\tO\nRome\tB-location\n.\tO\n\n');
    assert.deepEqual(notes, [`${spaces}: 2`]);
  });
});

describe('html', () => {
  /** The data of a report for its script, by the class of the elements that hold them. */
  const dataIn = (page: string, name: string): unknown[] =>
    Array.from(page.matchAll(new RegExp(`<script type="application/json" class="${name}">(.*?)</script>`, 'gs')), ([, data = '']) =>
      JSON.parse(data),
    );

  test('marks entities in each other and across each other, and escapes what comes from outside', async () => {
    const hostile = recognition('<id>', '"Bank" & <b>England</b>', [
      ['"Bank" & <b>England</b>', 'person'],
      ['England', 'location'],
      ['England</b>', 'person'],
    ]);
    const page = await print(htmlFormat, [hostile]);
    assert.ok(page.includes('<h2>&lt;id&gt;</h2>'));
    assert.ok(
      page.includes(
        '<mark class="mention hue-0">&quot;Bank&quot; &amp; &lt;b&gt;<mark class="mention hue-0"><mark class="mention hue-1">England<small class="tag">location</small></mark>&lt;/b&gt;<small class="tag">person</small></mark><small class="tag">person</small></mark>',
      ),
    );
    assert.ok(page.includes('<span class="chip hue-1" title="A &quot;place&quot; &amp; more">location</span>'));
    assert.doesNotMatch(page, /<b>/);
  });

  test('keeps data that could end the element that they are in', async () => {
    const text = 'Ada </script><script>alert(1)</script><!-- \u2028 \ud800';
    const page = await print(htmlFormat, [recognition('</script>', text, [['Ada', 'person']])]);
    const [result] = dataIn(page, 'result');
    assert.deepEqual((result as { text: string }).text, text);
    assert.equal(page.match(/<script/g)?.length, 3); // the head, the document, the program
  });

  test('may run its own script and nothing else, and asks nobody', async () => {
    const page = await print(htmlFormat, [ada]);
    const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    for (const element of ['style', 'script type="module"']) {
      const [, content = ''] = new RegExp(`<${element}>(.*?)</${element.split(' ')[0]}>`, 's').exec(page) ?? [];
      assert.ok(policy.includes(`'sha256-${createHash('sha256').update(content).digest('base64')}'`), element);
    }
    assert.match(policy, /^default-src 'none';/);
    assert.doesNotMatch(page.replaceAll(/https?:\/\/(?:github\.com|www\.w3\.org)\S*/g, ''), /https?:/);
  });

  test('is a whole page, even of no document', async () => {
    assert.match(await print(htmlFormat, []), /^<!doctype html>\n[\s\S]*<\/html>\n$/);
  });

  test('writes each document as it comes', async () => {
    const pieces = await Array.fromAsync(htmlFormat(arriving(nobody, ada), settings));
    assert.equal(pieces.length, 4);
    assert.match(pieces[1] ?? '', /^<div class="lot">\n<article[\s\S]*It rained[\s\S]*<\/article>\n$/);
    assert.match(pieces[2] ?? '', /^<article[\s\S]*Ada[\s\S]*<\/article>\n$/);
  });

  test('of many documents has lots of fifty', async () => {
    const page = await print(
      htmlFormat,
      Array.from({ length: 101 }, () => nobody),
    );
    const lots = page.split('<div class="lot">').slice(1);
    assert.deepEqual(
      lots.map((lot) => [lot.match(/<article/g)?.length, lot.match(/<\/div>\n(?:$|<\/main>)/g)?.length]),
      [
        [50, 1],
        [50, 1],
        [1, 1],
      ],
    );
  });

  test('with a trace has the story of each document', async () => {
    const page = await print(htmlFormat, [eventful], { trace: true });
    assert.deepEqual(dataIn(page, 'trace'), [{ usage: eventful.usage, durationMs: eventful.durationMs, windows: eventful.trace }]);
    assert.match(page, /<article data-rejected="1">/);
  });
});
