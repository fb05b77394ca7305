import { bundledUris } from '../model/bundled.ts';
import type { RecognizerOptions } from './options.ts';

/**
 * The options with those of their preset where they say nothing themselves; what is `undefined` says nothing.
 * @see EL4NER, arXiv:2505.23038
 */
export async function withPreset<T extends string>(given: RecognizerOptions<T>): Promise<RecognizerOptions<T>> {
  const said = Object.entries(given).filter(([, value]) => value !== undefined);
  const options = Object.fromEntries(said) as unknown as RecognizerOptions<T>; // only what its type does not have is gone
  switch (options.preset) {
    case 'fast':
      return { passes: 'joint', querySpans: 'chunks', verifier: 'nobody', ...options };
    case 'paper': {
      const models = options.models ?? (await bundledUris());
      const [first] = models;
      return {
        voting: 'hard',
        weights: models.map(() => 1),
        ...(first === undefined ? {} : { verifier: typeof first === 'string' ? first : first.id }),
        ...(options.index === undefined ? { candidateSpans: 'models' } : {}),
        querySpans: 'models',
        ...options,
      };
    }
    case 'balanced':
      return { sparing: true, ...options };
    default:
      return options;
  }
}
