import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LabelledSentence } from '../../../document/labelled.ts';
import type { DocumentResult, TracedMention } from '../../../experiment/document-result.ts';
import type { Manifest } from '../../../experiment/manifest.ts';
import { type Row, rowOf } from '../../../experiment/row.ts';
import { renderReport } from './report.ts';

const manifest: Manifest = {
  version: '1.2.3',
  models: [{ id: 'nano:a', dialect: 'nano@1', sha256: 'cafe' }],
  data: 'da7a',
  pool: 'b001',
  index: null,
  embedder: 'words@1',
  types: ['person', 'place'],
  inventory: 'i',
  limit: null,
  seed: 7,
  options: { models: ['nano:a'], k: 5 },
  command: 'el4ner eval --data d.jsonl',
  dataPath: 'sets/d.jsonl',
  date: '2026-01-02T03:04:05.000Z',
  node: '24.0.0',
  machine: 'linux',
};

const nothing = { calls: 1, promptTokens: 10, cachedTokens: 0, replyTokens: 2, modelMs: 500, hallucinated: 0, malformed: 0 };

function kept(start: number, end: number, type: string): TracedMention {
  return { status: 'verified', start, end, type, proposals: [], votes: [{ modelId: 'nano:a', choice: type }], verdicts: [], score: 1 };
}

function sentence(id: string, text: string, ...entities: readonly (readonly [number, number, string])[]): LabelledSentence {
  return { id, text, entities: entities.map(([start, end, type]) => ({ start, end, type })) };
}

function result(id: string, ...mentions: readonly TracedMention[]): DocumentResult {
  return { id, mentions, ...nothing };
}

function worse(name: string, data: readonly LabelledSentence[], results: readonly DocumentResult[]): Row {
  return { ...rowOf(name, data, results, { seed: 0 }), comparison: { f1: -0.1, p: 0.04 } };
}

/** A report of these documents; the other systems found nothing. */
function report(data: readonly LabelledSentence[], results: readonly DocumentResult[], others: readonly string[] = []): string {
  const full = rowOf('full', data, results, { seed: 0 });
  const blind = data.map(({ id }) => result(id));
  const rows: readonly Row[] = [full, ...others.map((name) => worse(name, data, blind))];
  return renderReport({ experiment: { manifest, rows }, data, results });
}

const ada = sentence('ada', 'Ada saw Paris.', [0, 3, 'person'], [8, 13, 'place']);
const right = result('ada', kept(0, 3, 'person'), kept(8, 13, 'place'));

/** The page without its script. */
const contents = (page: string): string => page.slice(0, page.indexOf('<script>'));

describe('a report', () => {
  test('has every system in its table and in its plots', () => {
    const names = ['no-verification', 'k=0', 'k=4'];
    const page = report([ada], [right], names);
    for (const name of ['full', ...names]) {
      assert.ok(page.includes(`<th scope="row">${name}</th>`), name);
      assert.ok(page.includes(`<title>${name}: F1 `), name);
      assert.ok(page.includes(`<title>${name}: precision `), name);
    }
    assert.ok(page.includes('<title>k = 4: F1 0.0 (0.0–0.0)</title>'));
  });

  test('counts one thing in the singular', () => {
    const one = { ...manifest, types: ['person'] };
    const data = [sentence('bob', 'Bob and Ada', [0, 3, 'person'])];
    const results = [{ ...result('bob'), calls: 1, promptTokens: 1, replyTokens: 1 }];
    const full = rowOf('full', data, results, { seed: 0 });
    const page = contents(renderReport({ experiment: { manifest: one, rows: [full] }, data, results }));
    for (const counted of [
      'on 1 document with 1 gold mention of 1 type.',
      '0 of 0 predicted mentions right',
      '0 of 1 gold mention found',
      '1 call<',
      '1 prompt token (0 cached) and 1 reply token;',
      'F1 in percent of 1 system,',
      '1 of 1 document has errors.',
      '1 error, 0 right',
    ]) {
      assert.ok(page.includes(counted), counted);
    }
    assert.doesNotMatch(page, /\b1 (?:calls|documents|errors|mentions|systems|tokens|types)\b/);
  });

  test('draws intervals from bound to bound', () => {
    const full: Row = { ...rowOf('full', [ada], [right], { seed: 0 }), micro: { precision: 0.5, recall: 0.5, f1: 0.5 } };
    const intervals = { ...full.intervals, f1: [0.4, 0.8] as const };
    const page = renderReport({ experiment: { manifest, rows: [{ ...full, intervals }] }, data: [ada], results: [right] });
    assert.ok(page.includes('<line class="interval" x1="50.00%" x2="100.00%"'));
    assert.ok(page.includes('cx="62.50%"'));
    assert.ok(page.includes('full: F1 50.0 (40.0–80.0)'));
  });

  test('of one system without errors has no curves and says that nothing is wrong', () => {
    const page = report([ada], [right]);
    assert.ok(page.includes('No errors.'));
    assert.ok(page.includes('No document has errors.'));
    assert.doesNotMatch(contents(page), /id="k-title"|id="pr-title"|<article>|NaN|Infinity|undefined/);
  });

  test('of no documents has no number that is none', () => {
    assert.doesNotMatch(contents(report([], [], ['k=0', 'k=1'])), /NaN|Infinity|undefined/);
  });

  test('shows the documents with the most errors first, at most 20', () => {
    const texts = Array.from({ length: 22 }, (_, index) => sentence(`one-${index}`, 'Ada.', [0, 3, 'person']));
    const data = [...texts, ada];
    const page = report(
      data,
      data.map(({ id }) => result(id)),
    );
    const shown = Array.from(page.matchAll(/<h3>(\S+) <small>(\d+) error/g), ([, id, errors]) => `${id}: ${errors}`);
    assert.equal(shown.length, 20);
    assert.deepEqual(shown.slice(0, 2), ['ada: 2', 'one-0: 1']);
  });

  test('names the kind of an error and the stage that erred, with votes and verdicts', () => {
    const denied: TracedMention = {
      ...{ status: 'rejected', stage: 'verify', reason: 'The verifier said no.', start: 8, end: 13, type: 'place', proposals: [] },
      votes: [{ modelId: 'nano:a', choice: 'place', probability: 0.75 }],
      verdicts: [{ modelId: 'nano:a', type: 'place', accepted: false, probability: 0.25 }],
    };
    const page = report([ada], [result('ada', kept(0, 3, 'person'), denied)]);
    const [item] = /<li><strong>.*<\/li>/.exec(page) ?? assert.fail('no error');
    assert.match(item, /<strong>missed<\/strong> <span class="stage">wrongly rejected<\/span> gold <q[^>]*>Paris<\/q> place/);
    assert.match(item, /<details>.*nano:a: place \(0\.75\).*nano:a: no to place \(0\.25\).*The verifier said no\./);
  });

  test('counts wrong boundaries by how they are wrong', () => {
    const data = [sentence('bob', 'Dear old Bob Dylan', [9, 18, 'person'])];
    const page = report(data, [result('bob', kept(5, 18, 'person'))]);
    assert.match(page, /<text[^>]*>wrong boundary, too long<\/text><text[^>]*>1 \(100 %\)<\/text>/);
    assert.match(page, /<text[^>]*>wrong boundary, too short<\/text><text[^>]*>0 \(0 %\)<\/text>/);
    assert.match(page, /<li><strong>wrong boundary, too long<\/strong>/);
  });

  test('has room for types that are called like properties of objects', () => {
    const names = ['constructor', '__proto__', 'toString'];
    const data = names.map((type, index) => sentence(`s${index}`, 'Ada', [0, 3, type]));
    const results = data.map(({ id }, index) => result(id, kept(0, 3, names[(index + 1) % 3] ?? '')));
    const full = rowOf('full', data, results, { seed: 0 });
    const stored = JSON.parse(JSON.stringify(full)) as Row;
    const page = renderReport({ experiment: { manifest: { ...manifest, types: names }, rows: [stored] }, data, results });
    assert.equal(page.split('--share:100%').length - 1, 3);
    assert.doesNotMatch(contents(page), /NaN|undefined|native code/);
  });

  test('tells of documents that failed, and blames no stage for them', () => {
    const page = report([ada], [{ ...result('ada'), failure: 'The server is <down>.' }]);
    assert.ok(page.includes('1 of 1 document failed.'));
    assert.ok(page.includes('The server is &lt;down&gt;.'));
    assert.ok(page.includes('<span class="stage">the document failed</span>'));
    assert.ok(!page.includes('<span class="stage">never proposed</span>'));
  });

  test('tells of every system why documents failed or were decided without a model', () => {
    const down = { ...result('ada'), failure: 'It is <off>.' };
    const poor = { ...right, degraded: [{ modelId: 'ollama:x', reason: 'It is slow.' }] };
    const rows = [rowOf('full', [ada], [poor], { seed: 0 }), worse('k=0', [ada], [down])];
    const page = renderReport({ experiment: { manifest, rows }, data: [ada], results: [poor] });
    assert.match(page, /<dt>full<\/dt><dd>1 degraded document: ollama:x: It is slow\.<\/dd>/);
    assert.match(page, /<dt>k=0<\/dt><dd>1 failed document: It is &lt;off&gt;\.<\/dd>/);
    assert.match(page, /<strong>1 of 1 document degraded\.<\/strong>/);
    assert.match(page, /<th scope="col" title="[^"]*">Degraded<\/th>/);
    assert.doesNotMatch(contents(report([ada], [right])), /[Dd]egraded|What went wrong/);
  });

  test('names its sets at the top', () => {
    const page = report([ada], [right]);
    assert.match(page, /<h1>Evaluation<\/h1>\n<p>Data set <code>sets\/d\.jsonl<\/code>, no pool of demonstrations\.<\/p>/);
    const full = rowOf('full', [ada], [right], { seed: 0 });
    const withPool = renderReport({
      experiment: { manifest: { ...manifest, poolPath: 'sets/<p>.jsonl' }, rows: [full] },
      data: [ada],
      results: [right],
    });
    assert.ok(withPool.includes('pool of demonstrations <code>sets/&lt;p&gt;.jsonl</code>.'));
  });

  test('has the whole manifest and the command', () => {
    const page = report([ada], [right]);
    for (const fact of [
      ...Object.keys(manifest).filter((key) => key !== 'command'),
      '1.2.3',
      'cafe',
      'da7a',
      'b001',
      '2026-01-02T03:04:05.000Z',
      'el4ner eval --data d.jsonl',
    ]) {
      assert.ok(page.includes(fact), fact);
    }
  });

  test('has nothing of hostile data as markup', () => {
    const hostile = '</style><script>alert("1")</script><img src=x onerror=\'alert(1)\'>';
    const data = [sentence(hostile, hostile, [0, 5, hostile], [2, 9, 'person'])];
    const trace: TracedMention = {
      ...{ status: 'rejected', stage: 'verify', reason: hostile, start: 0, end: 5, type: hostile },
      proposals: [{ modelId: hostile, reply: hostile, alignment: 'fuzzy' }],
      votes: [{ modelId: hostile, choice: hostile }],
      verdicts: [{ modelId: hostile, type: hostile, accepted: false }],
    };
    const results = [{ ...result(hostile, trace, kept(9, 12, hostile)), failure: hostile }];
    const full = rowOf('full', data, results, { seed: 0 });
    const rows = [full, ...[hostile, 'k=1', 'k=2'].map((name) => worse(name, data, results))];
    const options = { [hostile]: hostile };
    const texts = { machine: hostile, command: hostile, dataPath: hostile, poolPath: hostile };
    const experiment = { manifest: { ...manifest, ...texts, types: [hostile], options }, rows };
    const page = renderReport({ experiment, data, results });
    const clean = report([ada], [right]);
    const count = (text: string, part: string | RegExp): number => text.split(part).length - 1;
    assert.equal(count(page, /<\/?script/i), count(clean, /<\/?script/i));
    assert.equal(count(page, /<\/?style/i), count(clean, /<\/?style/i));
    assert.equal(count(page, '<img'), 0);
    assert.equal(count(page, 'alert("1")'), 0);
    assert.equal(count(page, "'alert(1)'"), 0);
    assert.ok(page.includes('alert(&quot;1&quot;)'));
  });

  test('asks for nothing from outside', () => {
    assert.doesNotMatch(report([ada], [right]), /\s(?:src|href)=|@import|url\(/);
  });
});
