/**
 * A signal that is aborted with the first of several others, for its reason, until it is disposed of; then it lets go of them.
 * `AbortSignal.any` would leave something behind in each of them, which adds up where one signal is to end the work of a whole run.
 */
export function linkedSignal(...sources: readonly AbortSignal[]): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const abort = (event: Event) => controller.abort((event.target as AbortSignal).reason); // listens to these alone
  const aborted = sources.find((source) => source.aborted);
  if (aborted === undefined) for (const source of sources) source.addEventListener('abort', abort, { once: true });
  else controller.abort(aborted.reason);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const source of sources) source.removeEventListener('abort', abort);
    },
  };
}
