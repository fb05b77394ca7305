/** Files that are read as one data set. */
export interface FileGroup<F> {
  /** Plain texts are documents as they are; other files are for the server to read. */
  readonly kind: 'texts' | 'data set';
  readonly files: readonly F[];
}

/**
 * Sorts files that came together: annotations of brat and the texts beside them are one data set, other texts are documents, and any other
 * file is a data set of its own.
 */
export function groupFiles<F extends { readonly name: string }>(files: readonly F[]): readonly FileGroup<F>[] {
  const stem = (name: string): string => name.replace(/\.(?:txt|ann)$/i, '');
  const annotated = new Set(files.filter(({ name }) => /\.ann$/i.test(name)).map(({ name }) => stem(name)));
  const isBrat = ({ name }: F): boolean => /\.(?:txt|ann)$/i.test(name) && annotated.has(stem(name));
  const isText = (file: F): boolean => /\.(?:txt|md|text)$/i.test(file.name) && !isBrat(file);
  const [brat, texts] = [files.filter(isBrat), files.filter(isText)];
  const others = files.filter((file) => !isBrat(file) && !isText(file));
  return [
    ...(texts.length === 0 ? [] : [{ kind: 'texts' as const, files: texts }]),
    ...(brat.length === 0 ? [] : [{ kind: 'data set' as const, files: brat }]),
    ...others.map((file) => ({ kind: 'data set' as const, files: [file] })),
  ];
}
