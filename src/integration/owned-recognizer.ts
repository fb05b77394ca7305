import type { RecognizerOptions } from '../pipeline/options.ts';
import { createRecognizer, type Recognizer } from '../pipeline/recognizer.ts';

/** A recognizer that is there already, or what one is to be made of. */
export type RecognizerSource<T extends string = string> = Recognizer<T> | RecognizerOptions<T>;

/** A recognizer that is opened when it is first asked for; disposing of it releases what was opened, and nothing that was there before. */
export interface OwnedRecognizer<T extends string> extends AsyncDisposable {
  /** @throws what `createRecognizer` throws; the next to ask tries again. */
  opened(): Promise<Recognizer<T>>;
}

export function ownedRecognizer<T extends string>(source: RecognizerSource<T>): OwnedRecognizer<T> {
  if ('recognize' in source) return { opened: () => Promise.resolve(source), [Symbol.asyncDispose]: () => Promise.resolve() };
  let opening: Promise<Recognizer<T>> | undefined;
  return {
    opened() {
      opening ??= createRecognizer(source).catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return opening;
    },
    async [Symbol.asyncDispose]() {
      const recognizer = await opening?.catch(() => undefined);
      await recognizer?.[Symbol.asyncDispose]();
    },
  };
}
