import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evalFlags, parseFlags } from '../flags.ts';
import { reproducingCommand } from './command.ts';

const cases: readonly [name: string, flags: Readonly<Record<string, unknown>>, command: string][] = [
  ['the seed is always told', { data: 'd.jsonl' }, 'el4ner eval --data d.jsonl --seed 0'],
  [
    'all that decides the results',
    { data: 'd', pool: 'p', models: 'nano:a,ollama:b', k: '3', candidateSpans: 'gold', ablate: true, limit: '9', seed: '4' },
    'el4ner eval --data d --pool p --models nano:a,ollama:b --k 3 --candidate-spans gold --ablate --limit 9 --seed 4',
  ],
  [
    'weights as they are, all of them',
    { data: 'd', spanWeights: 'noun=3', querySpans: 'chunks', embedder: 'ngram' },
    'el4ner eval --data d --query-spans chunks --span-weights PROPN=4,NOUN=3,PRON=1,other=0 --embedder ngram --seed 0',
  ],
  [
    'which demonstrations were chosen',
    { data: 'd', coverTypes: true, diversity: '0.5', demonstrationTokens: '400' },
    'el4ner eval --data d --cover-types --diversity 0.5 --demonstration-tokens 400 --seed 0',
  ],
  ['not where results go', { data: 'd', json: 'j', html: 'h', journal: 'n' }, 'el4ner eval --data d --seed 0'],
  ['words that a shell would take apart', { data: "it's here; ls" }, "el4ner eval --data 'it'\\''s here; ls' --seed 0"],
];

for (const [name, flags, command] of cases) test(name, () => assert.equal(reproducingCommand(parseFlags(evalFlags, flags)), command));
