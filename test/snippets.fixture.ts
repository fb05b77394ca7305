import { glob } from 'node:fs/promises';

/** A fenced block of a page, with what the page says of how it is tested. */
export interface Snippet {
  /** Where its code begins, from 1. */
  readonly line: number;
  /** Empty for a block that names none. */
  readonly language: string;
  readonly code: string;
  /** The block of the language `text` that follows a block of commands or code: what it prints. */
  readonly output?: { readonly line: number; readonly text: string };
  /** Why it is not run: `<!-- not run: … -->` before it. */
  readonly notRun?: string;
  /** Commands that a reader has no need of, for files that the page takes for granted: `<!-- first: … -->`. */
  readonly first?: string;
  /** Whether it goes on while the blocks behind it are run: `<!-- in the background -->`. */
  readonly isInBackground: boolean;
}

const runnable = ['sh', 'ts', 'js'];
const fence = /^```(\S*)[^\n]*\n(.*?)^```$/gms;

/** The fenced blocks of a page of Markdown, in their order. */
export function snippetsOf(page: string): readonly Snippet[] {
  const blocks = [...page.matchAll(fence)].map((match) => {
    const [whole, language = '', code = ''] = match;
    return { language, code, start: match.index, end: match.index + whole.length, line: lineAt(page, match.index) + 1 };
  });
  return blocks.flatMap(({ language, code, start, line, end }, at): Snippet[] => {
    const [before, behind] = [blocks[at - 1], blocks[at + 1]];
    if (language === 'text' && before !== undefined && runnable.includes(before.language) && isEmpty(page.slice(before.end, start)))
      return [];
    const isOutput = runnable.includes(language) && behind?.language === 'text' && isEmpty(page.slice(end, behind.start));
    return [
      {
        line,
        language,
        code,
        ...(isOutput ? { output: { line: behind.line, text: behind.code } } : {}),
        ...remarksIn(page.slice(before?.end ?? 0, start)),
      },
    ];
  });
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function isEmpty(text: string): boolean {
  return text.trim() === '';
}

/** The remarks for tests among comments that stand directly before a block. */
function remarksIn(text: string): Pick<Snippet, 'notRun' | 'first' | 'isInBackground'> {
  const [comments = ''] = /(?:<!--(?:(?!-->).)*-->\s*)*$/s.exec(text) ?? [];
  const remarks = [...comments.matchAll(/<!--\s*(.*?)\s*-->/gs)].map(([, remark = '']) => remark);
  const after = (key: string) =>
    remarks
      .find((remark) => remark.startsWith(`${key}:`))
      ?.slice(key.length + 1)
      .trim();
  const [notRun, first] = [after('not run'), after('first')];
  return {
    ...(notRun === undefined ? {} : { notRun }),
    ...(first === undefined ? {} : { first }),
    isInBackground: remarks.includes('in the background'),
  };
}

/**
 * Whether an output is that of a page: `…` stands for anything, and white space for any white space. Since processors of other kinds round otherwise,
 * a number with a decimal point may be off by a twentieth of it (of 1, if it is smaller), and a whole percentage by three.
 */
export function looksLike(expected: string, actual: string): boolean {
  const numbers: { readonly value: number; readonly tolerance: number }[] = [];
  const pattern = expected.trim().replaceAll(/\d+\.\d+|\d+(?= %)|…|\s+|[^\d…\s]+|\d+/g, (part, at: number, whole: string) => {
    if (part === '…') return '[^]*?';
    if (part.trim() === '') return '\\s+';
    const value = Number(part);
    if (part.includes('.') && value >= 0) numbers.push({ value, tolerance: Math.max(1, value) / 20 });
    else if (value >= 0 && whole.startsWith(' %', at + part.length)) numbers.push({ value, tolerance: 3 });
    else return part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    return '(\\d+(?:\\.\\d+)?)';
  });
  const found = new RegExp(`^${pattern}$`).exec(actual.trim())?.slice(1);
  return found?.every((number, at) => Math.abs(Number(number) - (numbers[at]?.value ?? 0)) <= (numbers[at]?.tolerance ?? 0)) ?? false;
}

/** The pages whose snippets are tested, by their paths in the repository. */
export async function documentationPages(repository: string): Promise<readonly string[]> {
  const found = await Array.fromAsync(glob('docs/**/*.md', { cwd: repository }));
  return ['README.md', 'examples/tutorial/README.md', ...found.sort()];
}
