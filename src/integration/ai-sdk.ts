import { type Tool, tool } from 'ai';
import { z } from 'zod';
import { type EntityType, entityTypes } from '../document/entity-type.ts';
import type { Entity } from '../pipeline/recognition.ts';
import { resultOf } from '../pipeline/result.ts';
import { ownedRecognizer, type RecognizerSource } from './owned-recognizer.ts';

export interface EntityToolOptions {
  /** What the model is told of the tool. Default: that it finds entities, and of which types. */
  readonly description?: string;
}

/** What the tool is called with. */
export interface EntityToolInput {
  readonly text: string;
}

/** What it answers: entities in order of reading, offsets in UTF-16 code units of the text, scores in [0, 1] with four decimals. */
export interface EntityToolOutput<T extends string = string> {
  readonly entities: readonly Entity<T>[];
}

const inputSchema = z.object({
  text: z.string().min(1).meta({ description: 'The text in which entities are to be found, as it is.' }),
});

const outputSchema = z.object({
  entities: z.array(z.object({ start: z.int(), end: z.int(), text: z.string(), type: z.string(), score: z.number() })).readonly(),
});

/**
 * A tool for `generateText`, `streamText` and agents of the AI SDK that finds the entities of a text. What goes wrong is a tool error, which
 * the SDK tells the model.
 * @param source - a recognizer, which stays the caller's; or the options of one, which is opened by the first call and released when the tool is
 * disposed of.
 * @throws {NerError} `usage` for types that make no sense.
 */
export function entityTool<const T extends string>(
  source: RecognizerSource<T>,
  { description = descriptionFor(entityTypes(source.types)) }: EntityToolOptions = {},
): Tool<EntityToolInput, EntityToolOutput> & AsyncDisposable {
  const owned = ownedRecognizer(source);
  const found = tool({
    description,
    inputSchema,
    outputSchema,
    async execute({ text }, { abortSignal }): Promise<EntityToolOutput> {
      const recognizer = await owned.opened();
      const result = resultOf(await recognizer.recognize(text, abortSignal && { signal: abortSignal }), { trace: false });
      return { entities: 'entities' in result ? result.entities : [] };
    },
  });
  return Object.assign(found, { [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose]() });
}

function descriptionFor(types: readonly EntityType[]): string {
  const told = types.map(({ name, definition }) => (definition === undefined ? name : `${name} (${definition})`));
  return `Finds every mention of these types in a text, with offsets and scores: ${told.join('; ')}.`;
}
