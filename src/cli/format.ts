import type { EntityType } from '../document/entity-type.ts';
import type { FailedRecognition, Recognition } from '../pipeline/recognition.ts';
import type { Colours } from './terminal.ts';

/** The names of the formats that results can have. */
export const formatNames = ['text', 'json', 'ndjson', 'html', 'conll'] as const;
export type FormatName = (typeof formatNames)[number];

/** What a format may take into account. */
export interface FormatSettings {
  readonly types: readonly EntityType[];
  /** Whether the results were asked for as a list, however many there are in the end. */
  readonly several: boolean;
  /** Whether to tell every decision. */
  readonly trace: boolean;
  readonly colours: Colours;
  /** Tells the user something that is no result, for example what the format had no room for. */
  note(line: string): void;
}

/**
 * Turns results into what is printed, piece by piece: what belongs to a document comes as soon as the document does. The output
 * is whole wherever the results end. What failed is told on the standard error as well; a format shows it where it has room.
 */
export type Format = (results: AsyncIterable<Recognition | FailedRecognition>, settings: FormatSettings) => AsyncIterable<string>;
