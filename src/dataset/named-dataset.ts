/** The part of a data set that a file belongs to; `all` where its makers have not split it. */
export type SplitName = 'train' | 'dev' | 'test' | 'all';

/** A file at its canonical address; in the cache it is called by the last part of it. */
export interface RemoteFile {
  readonly url: string;
  /**
   * SHA-256 in lower-case hexadecimal digits, as it was published by somebody who had the file. Left out where nobody has: the first
   * download is trusted then, and later ones are held to it.
   */
  readonly sha256?: string;
  readonly bytes?: number;
}

export interface SplitFile extends RemoteFile {
  readonly split: SplitName;
  /** The file is a gzipped tar archive, and this is the file in it that counts. */
  readonly member?: string;
}

/** How the files of a data set are read. */
export type SplitFormat =
  /** Columns, the token first; the tags are in each of these columns, from 1, negative ones from the end. Several hold nested mentions. */
  | { readonly name: 'conll'; readonly tagColumns: readonly number[] }
  /** JSON Lines of tokens and numbered tags, whose names these are. */
  | { readonly name: 'hf'; readonly labels: readonly string[] };

/** Under what terms a data set may be used. */
export interface Licence {
  /** An SPDX identifier, or words. */
  readonly name: string;
  /** Its text. */
  readonly url: string;
  /** What else there is to know, as a sentence. */
  readonly note?: string;
  /** The makers' own statement. */
  readonly file?: RemoteFile;
}

/** A public data set that can be fetched by its name. */
export interface NamedDataset {
  /** Lower-case letters, digits and hyphens. */
  readonly name: string;
  readonly description: string;
  /** BCP 47 tags. */
  readonly languages: readonly string[];
  /** As its files have them; a type that differs only in case is written so. */
  readonly types: readonly string[];
  /** As published, or as others counted them; none of it was counted by us. */
  readonly sentences: Readonly<Partial<Record<SplitName, number>>>;
  readonly licence: Licence;
  readonly citation: string;
  readonly homepage: string;
  readonly format: SplitFormat;
  /** Files of one split follow each other in it. */
  readonly files: readonly SplitFile[];
}

/** The address of a file of a public repository, at a commit or a branch. */
export function githubFile(repository: string, revision: string, path: string): string {
  return `https://raw.githubusercontent.com/${repository}/${revision}/${path}`;
}
