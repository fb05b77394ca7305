import { readFile, writeFile } from 'node:fs/promises';

/**
 * Puts text into the place of a Markdown file that is marked by `<!-- NAME -->` and `<!-- end of NAME -->`, instead of what stands there.
 * @throws {Error} if the file has no such place.
 */
export async function writeIntoPlace(file: URL, name: string, text: string): Promise<void> {
  const page = await readFile(file, 'utf8');
  const [begin, end] = [`<!-- ${name} -->\n`, `\n<!-- end of ${name} -->`];
  const [first, last] = [page.indexOf(begin) + begin.length, page.indexOf(end)];
  if (first < begin.length || last < first - 1) throw new Error(`${file.pathname} has no place for ${name}, marked as ${begin}${end}.`);
  await writeFile(file, `${page.slice(0, first)}\n${text.trim()}\n${page.slice(last)}`);
}
