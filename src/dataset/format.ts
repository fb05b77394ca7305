import type { Report } from './report.ts';
import type { OffsetUnit, Sample } from './sample.ts';
import type { WritableTagScheme } from './tag-schemes.ts';

/** The names of the formats of data sets. */
export const datasetFormatNames = [
  'jsonl',
  'conll',
  'spacy',
  'prodigy',
  'doccano',
  'label-studio',
  'brat',
  'hf',
  'nested-json',
  'pubtator',
  'text',
] as const;
export type DatasetFormatName = (typeof datasetFormatNames)[number];

/** How a data set is to be read; every format takes what concerns it. */
export interface ReadSettings {
  readonly report: Report;
  /** `conll`: the column of the token, from 1; negative ones count from the end. */
  readonly tokenColumn: number;
  /** `conll`: the column of the tag, likewise. */
  readonly tagColumn: number;
  /** `conll`, `hf`, `nested-json`: how tokens become a text: with one space between any two, or with those of running text. */
  readonly detokenize: boolean;
  /** `hf`: the names of the tags that are numbers, from 0. */
  readonly labels: readonly string[] | undefined;
  /** `nested-json`: whether the end of a mention is the token after it; `undefined` if the data are to tell. */
  readonly ends: MentionEnds | undefined;
  /** `brat`: whether mentions in pieces are left out, or become the span from their first to their last character. */
  readonly discontinuous: 'refuse' | 'flatten';
}

/** Whether the end of a mention of tokens is the index after its last token, or of it. */
export type MentionEnds = 'exclusive' | 'inclusive';

export const defaultReadSettings: Omit<ReadSettings, 'report'> = {
  tokenColumn: 1,
  tagColumn: -1,
  detokenize: false,
  labels: undefined,
  ends: undefined,
  discontinuous: 'refuse',
};

/** How a data set is to be written; every format takes what concerns it. */
export interface WriteSettings {
  readonly report: Report;
  /** `conll`, `hf`. */
  readonly scheme: WritableTagScheme;
  /** `conll`, `hf`, `nested-json`, `spacy`, `prodigy`: whether a text without tokens is cut into words and marks, or at white space alone. */
  readonly tokenize: 'words' | 'spaces';
  /**
   * `conll`: whether a comment before each sentence gives its id. By default there is none: conlleval and many readers of training data
   * take every line for a token.
   */
  readonly idComments: boolean;
  /** `jsonl`; the other formats have a unit of their own. */
  readonly offsetUnit: OffsetUnit;
  /** `nested-json` */
  readonly ends: MentionEnds;
  /** `label-studio`: who predicted. */
  readonly modelVersion: string;
}

export const defaultWriteSettings: Omit<WriteSettings, 'report'> = {
  scheme: 'iob2',
  tokenize: 'words',
  idComments: false,
  offsetUnit: 'utf16',
  ends: 'exclusive',
  modelVersion: 'el4ner',
};

/**
 * The samples at a path, read as they are asked for.
 * @throws {NerError} `unreadable-input` if nothing can be read there, or for a bad row unless the report takes it.
 */
export type Reader = (path: string, settings: ReadSettings) => AsyncIterable<Sample>;

/** The content of a file, piece by piece: what belongs to a sample comes as soon as the sample does. */
export type Writer = (samples: AsyncIterable<Sample>, settings: WriteSettings) => AsyncIterable<string>;

/** A file of a data set that is a directory. */
export interface OutputFile {
  readonly name: string;
  readonly content: string;
}

/** The files of a directory. */
type DirectoryWriter = (samples: AsyncIterable<Sample>, settings: WriteSettings) => AsyncIterable<OutputFile>;

/** A way to keep data sets. Where it keeps no scores, those of predictions are lost in writing. */
export type DatasetFormat =
  | { readonly read: Reader; readonly output: 'file'; readonly keepsScores: boolean; readonly write: Writer }
  | { readonly read: Reader; readonly output: 'directory'; readonly keepsScores: boolean; readonly write: DirectoryWriter }
  | { readonly read: Reader; readonly output: 'none' };
