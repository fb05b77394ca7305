/**
 * The outcome of `work`, or a rejection with `signal.reason` as soon as the signal is aborted, whether or not the work heeds it.
 * Work that is given up goes on unobserved; its outcome is dropped.
 */
export function abortable<T>(work: PromiseLike<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    Promise.resolve(work)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort));
  });
}
