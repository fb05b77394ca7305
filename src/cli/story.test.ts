import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import picocolors from 'picocolors';
import type { Retrieval } from '../pipeline/traced-document.ts';
import { eventful, recognition } from './recognition.fixture.ts';
import { renderStory } from './story.ts';

const plain = picocolors.createColors(false);

test('the story tells every decision, stage by stage', () => {
  assert.equal(
    renderStory(eventful, plain),
    `Retrieve
  spans that the models find: "Ada", "Bank of England"
  1. 0.91 span similarity  news-1  "Eve works at Acme."
     "Ada"              ~ "Eve"   cosine 0.46, weight 4
     "Bank of England"  ~ "Acme"  cosine 0.40, weight 2
  2. -0.10 sentence similarity  news-2  "It rained."
     ranked 7, but shows place
  –  0.90 left out  news-3  "Eve works for Acme."
     ranked 2, but is a near-duplicate of news-1
  3 cut. More do not fit the context of nano:a, 512 tokens.
Extract
  "Ada"                0–3  nano:a, nano:b (wrote "ADA", normalized)
  "met bob"           4–11  nano:b
  "Bank of England"  19–34  nano:a
  "Par�is" is not in the text; nano:b wrote it (extract)
Classify
  "Ada"                0–3  nano:a: person 0.98, nano:b: none
  "met bob"           4–11  nano:a: person 0.51
  "Bank of England"  19–34  nano:a: organization
Verify
  "Ada"       0–3  person? nano:a: yes (0.75 for yes)
  "met bob"  4–11  person? nano:a: no (0.13 for yes)
Rejected
  "met bob"  4–11  verify: nano:a denies that it is "person".
Calls
  extract  nano:a  answered  100 + 5 tokens (80 cached)  12 ms
  extract  nano:b  answered  100 + 5 tokens (80 cached)  12 ms  cut off at the token limit, demonstrations left out: 2
  extract  nano:c  failed       0 + 0 tokens (0 cached)   0 ms  It is asleep.
  verify   nano:a  answered  100 + 5 tokens (80 cached)  12 ms
In all  4 calls, 300 + 15 tokens (240 cached), 37 ms of models' time
`,
  );
});

test('the story tells by what a mention was accepted', () => {
  const [window] = eventful.trace;
  assert.ok(window !== undefined);
  const decision = { by: 'votes', votesOnTypes: 'soft', verdicts: 'soft', weights: {}, threshold: 0.5 } as const;
  const story = renderStory({ ...eventful, trace: [{ ...window, document: { ...window.document, decision } }] }, plain);
  const [, accepted = ''] = /\nAccepted\n(.*?)\nCalls\n/s.exec(story) ?? [];
  assert.deepEqual(accepted.split('\n').slice(0, 3), [
    '  "Ada"  0–3  person',
    '    Votes, by probability and weight: person 1.00, none 1.00.',
    '    Verification: the mean probability of yes is 0.75, at least 0.50 is wanted.',
  ]);
});

test('colours change no character of the story', () => {
  const coloured = renderStory(eventful, picocolors.createColors(true));
  assert.notEqual(coloured, renderStory(eventful, plain));
  assert.equal(stripVTControlCharacters(coloured), renderStory(eventful, plain));
});

test('offsets count from the start of the document, not of the window', () => {
  const [window] = eventful.trace;
  assert.ok(window !== undefined);
  const story = renderStory({ ...eventful, trace: [window, { ...window, start: 500 }] }, plain);
  assert.match(story, /^Window 1 of 2, from offset 0\nRetrieve\n/);
  assert.match(story, /\nWindow 2 of 2, from offset 500\n/);
  assert.match(story, /"Bank of England" {2}519–534 {2}nano:a\n/);
});

test('the story tells what stands for the text in retrieval, if anything does', () => {
  const [window] = eventful.trace;
  assert.ok(window !== undefined);
  const { document } = window;
  const told = (change: Partial<Retrieval>) =>
    renderStory({ ...eventful, trace: [{ ...window, document: { ...document, retrieval: { ...document.retrieval, ...change } } }] }, plain);
  assert.match(told({ querySpanSource: 'chunks' }), /^Retrieve\n {2}noun chunks of the text: "Ada", "Bank of England"\n {2}1\. /);
  assert.match(told({ querySpans: [] }), /^Retrieve\n {2}spans that the models find: none\n {2}1\. /);
  assert.match(told({ querySpans: [], querySpanSource: 'none' }), /^Retrieve\n {2}1\. /);
  const demonstrations = document.retrieval.demonstrations.filter(({ by }) => by === 'sentence-similarity');
  assert.match(told({ querySpans: [], demonstrations }), /find: none\n {2}no span to compare: whole sentences are compared\n {2}1\. /);
  assert.match(told({ demonstrations }), /"Bank of England"\n {2}none of them has weight: whole sentences are compared\n {2}1\. /);
  assert.match(told({ querySpans: [], querySpanSource: 'none', demonstrations }), /^Retrieve\n {2}1\. /);
});

test('a text that no model saw has only its costs to tell', () => {
  assert.equal(renderStory(recognition('empty', '', []), plain), "In all  0 calls, 0 + 0 tokens (0 cached), 0 ms of models' time\n");
});
