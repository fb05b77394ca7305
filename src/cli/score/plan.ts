import { stat } from 'node:fs/promises';
import { detectFormat } from '../../dataset/detect-format.ts';
import type { DatasetFormatName } from '../../dataset/format.ts';
import { usageError } from '../../error.ts';
import type { ScoreFlags } from '../flags.ts';

/** How gold labels and predictions are to be compared. */
export interface ScorePlan {
  readonly scheme: NonNullable<ScoreFlags['scheme']>;
  /** Of each file, by its path. */
  readonly formats: ReadonlyMap<string, DatasetFormatName>;
  /** Something that the user would not expect, if there is such a thing. */
  readonly note?: string;
}

/** `unknown` is what looks like nothing in particular, as columns of tags alone do. */
type FoundFormat = DatasetFormatName | 'unknown';

/**
 * Finds out what each file is, and chooses the scheme if none was asked for: columns are compared as conlleval does, files of other formats,
 * or of different ones, as spans.
 * @throws {NerError} `usage` for flags that do not go together and for files that the scheme cannot compare, `unreadable-input` for a file
 * whose format has to be known and is not.
 */
export async function planScore(flags: ScoreFlags): Promise<ScorePlan> {
  const { gold, pred, compare, scheme: asked, match, from } = flags;
  if (asked === 'spans' && pred === undefined) throw usageError('--scheme spans compares two files; name the predictions with --pred.');
  const found = new Map<string, FoundFormat>();
  for (const path of [gold, pred, compare]) if (path !== undefined) found.set(path, from ?? (await foundFormat(path, asked)));
  const scheme = asked ?? likelyScheme(flags, found);
  if (scheme === 'spans') return planSpans(flags, found);
  if (match === 'text') throw usageError('--match text compares the strings of mentions; it needs --scheme spans.');
  if ([...found.values()].every(mayBeColumns)) return { scheme, formats: new Map(Array.from(found.keys(), (path) => [path, 'conll'])) };
  throw usageError(
    `--scheme ${scheme} compares CoNLL columns, but ${named(found)}. --scheme spans compares the mentions of any two formats; ` +
      '--from conll reads all files as columns.',
  );
}

async function planSpans({ scheme, from }: ScoreFlags, found: ReadonlyMap<string, FoundFormat>): Promise<ScorePlan> {
  const formats = new Map<string, DatasetFormatName>();
  for (const [path, format] of found) formats.set(path, format === 'unknown' ? await detectFormat(path) : format);
  for (const [path, format] of formats) {
    if (format !== 'text' || from !== undefined) continue;
    throw usageError(`${path} looks like plain text, which has no mentions; expected a format of labels. --from names it.`);
  }
  if (scheme !== undefined || ![...formats.values()].includes('conll')) return { scheme: 'spans', formats };
  const note = `${named(formats)}; compared are spans of characters, and the text of columns is their tokens with a space between any two.`;
  return { scheme: 'spans', formats, note };
}

/** What is wrong with a file that is nothing known, or is not there, is told when it is read. */
async function foundFormat(path: string, asked: ScoreFlags['scheme']): Promise<FoundFormat> {
  const file = await stat(path).catch(() => undefined);
  const canBeReadTwice = file === undefined || file.isFile() || file.isDirectory();
  if (canBeReadTwice) return detectFormat(path).catch(() => 'unknown');
  if (asked !== undefined && asked !== 'spans') return 'conll';
  throw usageError(`${path} can be read only once, so that its content cannot tell its format first; name the format with --from.`);
}

function likelyScheme({ gold, pred, compare }: ScoreFlags, found: ReadonlyMap<string, FoundFormat>): ScorePlan['scheme'] {
  const format = found.get(gold);
  if (pred === undefined) {
    if (format === 'conll' || format === 'unknown') return 'conlleval';
    throw usageError(`${gold} has gold mentions in the format ${format}; name the predictions with --pred.`);
  }
  return format === 'conll' && [pred, compare].every((path) => path === undefined || mayBeColumns(found.get(path))) ? 'conlleval' : 'spans';
}

/** A file of tags alone may look like plain text too. */
function mayBeColumns(format: FoundFormat | undefined): boolean {
  return format === 'conll' || format === 'text' || format === 'unknown';
}

function named(formats: ReadonlyMap<string, FoundFormat>): string {
  const parts = Array.from(
    formats,
    ([path, format]) => `${path} is in ${format === 'unknown' ? 'no known format' : `the format ${format}`}`,
  );
  return parts.join(' and ');
}
