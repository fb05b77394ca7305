import type { Report } from './report.ts';
import type { Sample } from './sample.ts';

/** Samples for a format that keeps no scores: those that they have are counted as left out. */
export async function* withoutScores(samples: AsyncIterable<Sample>, { count }: Report): AsyncGenerator<Sample, void, undefined> {
  for await (const sample of samples) {
    for (const { score } of sample.entities) if (score !== undefined) count('scores of mentions, left out');
    yield sample;
  }
}
