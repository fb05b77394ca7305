/** A parser, what it can read, and how it is given something else. */
export interface Target {
  readonly name: string;
  readonly seeds: readonly Buffer[];
  /**
   * Has the parser read the bytes.
   * @param scratch - an empty directory.
   * @returns what a refusal must name; `undefined` where no file is read.
   */
  read(bytes: Buffer, scratch: string): Promise<unknown>;
  /** What the message of a refusal must have in it. */
  readonly refusalNames?: string;
  /** Whether a `RangeError` is a refusal, too: that of a part that others make a sentence of. */
  readonly mayThrowRange?: true;
  /** Whether it must never refuse. */
  readonly takesAll?: true;
}
