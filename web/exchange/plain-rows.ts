/** A text with the name that its file gives it. */
interface PlainRow {
  readonly id: string;
  readonly text: string;
}

/**
 * The texts of JSON Lines that are no more than texts, `{"id"?, "text"}`, as `el4ner extract --file` takes them.
 * @param name - of the file; with the number of the line it stands for an id that is missing.
 * @returns `undefined` if there is a row that is something else, such as one with mentions.
 */
export function plainRows(content: string, name: string): readonly PlainRow[] | undefined {
  const lines = content.replace(/^\ufeff/, '').split('\n');
  const rows = lines.flatMap((line, at) => (line.trim() === '' ? [] : [rowOf(line, `${name}:${at + 1}`)]));
  const texts = rows.filter((row) => row !== undefined);
  return texts.length === rows.length && rows.length > 0 ? texts : undefined;
}

function rowOf(line: string, place: string): PlainRow | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || !('text' in value) || typeof value.text !== 'string') return undefined;
    if (Object.values(value).some((field) => Array.isArray(field))) return undefined;
    const id = 'id' in value && ['string', 'number'].includes(typeof value.id) ? String(value.id) : place;
    return { id, text: value.text };
  } catch {
    return undefined; // whoever reads it as a data set tells what is wrong with it
  }
}
