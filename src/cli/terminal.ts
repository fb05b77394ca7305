import type { Readable, Writable } from 'node:stream';
import picocolors from 'picocolors';
import { printable } from './printable.ts';

/** How texts are coloured; all of its functions leave a text as it is where `isColorSupported` is false. */
export type Colours = ReturnType<typeof picocolors.createColors>;

type Environment = Readonly<Record<string, string | undefined>>;

/** All that a command has of the world around it. */
export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly environment: Environment;
  /** Aborted when the user interrupts, or when nobody reads the results any more. */
  readonly signal: AbortSignal;
  /** Those of the standard output. */
  readonly colours: Colours;
  /** Writes results to the standard output as they are. Rejects if that is closed. */
  print(text: string): Promise<void>;
  /** Writes one line about the run to the standard error. */
  note(line: string): void;
  /** Writes text for programs to the standard error as it is. */
  emit(text: string): void;
  /** Shows how far the work is, in a line that the next output replaces. Only a person at a terminal sees it. */
  progress(line: string): void;
  /** Tells of a step that is done, in a line that stays, where nobody sees the progress: in a log. */
  milestone(line: string): void;
}

type Output = Writable & { readonly isTTY?: boolean };

/** The terminal of a process, made of its streams. */
export function createTerminal(process: {
  readonly stdin: Terminal['stdin'];
  readonly stdout: Output;
  readonly stderr: Output;
  readonly environment: Environment;
  readonly signal: AbortSignal;
}): Terminal {
  const { stdin, stdout, stderr, environment, signal } = process;
  let progressIsShown = false;
  function clearProgress(): void {
    if (progressIsShown) stderr.write('\r\u001b[K');
    progressIsShown = false;
  }
  function note(line: string): void {
    clearProgress();
    stderr.write(`el4ner: ${printable(line)}\n`);
  }
  return {
    stdin,
    environment,
    signal,
    colours: picocolors.createColors(wantsColours(environment, stdout)),
    print(text) {
      clearProgress();
      return new Promise((resolve, reject) => {
        stdout.write(text, (error) => (error ? reject(error) : resolve()));
      });
    },
    note,
    emit(text) {
      clearProgress();
      stderr.write(text);
    },
    progress(line) {
      if (stderr.isTTY !== true) return;
      clearProgress();
      stderr.write(line);
      progressIsShown = true;
    },
    milestone(line) {
      if (stderr.isTTY !== true) note(line);
    },
  };
}

/** @see https://no-color.org and https://force-color.org */
function wantsColours(environment: Environment, output: Output): boolean {
  if ((environment['NO_COLOR'] ?? '') !== '') return false;
  const forced = environment['FORCE_COLOR'] ?? '';
  if (forced !== '') return forced !== '0';
  return output.isTTY === true && environment['TERM'] !== 'dumb';
}
