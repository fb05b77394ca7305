import { Option } from 'commander';
import { candidateSpanSources, querySpanSources, usualCandidateSpans } from '../pool/span-sources.ts';

/** The flags about spans and their vectors, as the help of several commands has them. */
export const retrievalFlags = {
  candidateSpans: (suffix = '') =>
    new Option(
      '--candidate-spans <source>',
      `what stands for a sentence of the pool: its labels, spans that the models find, or its noun chunks (default: ${usualCandidateSpans}${suffix})`,
    ).choices(candidateSpanSources),
  querySpans: () =>
    new Option(
      '--query-spans <source>',
      'what stands for the text itself: spans that the models find, or its noun chunks, which saves a call a model (default: chunks if they stand for the pool, else models)',
    ).choices(querySpanSources),
  spanWeights: () =>
    new Option(
      '--span-weights <weights>',
      'how much a span of a text counts: by part-of-speech, also with your values such as PROPN=4,NOUN=2,PRON=1,other=0; by rare words (idf); or equal (default: part-of-speech)',
    ),
  embedder: (suffix = '') =>
    new Option(
      '--embedder <uri>',
      `what compares spans: words, ngram, gguf:PATH, ollama:MODEL, http://host/v1#model, … (default: words${suffix})`,
    ),
};
