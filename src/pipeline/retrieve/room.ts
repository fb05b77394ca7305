import type { LanguageModel } from '../../model/language-model.ts';
import type { PromptSize } from '../../model/prompt-size.ts';
import type { Demonstration, Task, TaskContext } from '../../prompting/task.ts';

/** Who is to see the demonstrations of a text, and how much of them. */
export interface RoomOptions {
  readonly models: readonly LanguageModel[];
  /** The most that demonstrations may take of any model, in tokens. */
  readonly demonstrationTokens: number | undefined;
}

/**
 * Says of demonstrations, the most similar one last, why they are one too many for a text, as a sentence; `undefined` where they are not. All
 * models see the same demonstrations, so that the smallest context decides. A model that cannot measure is no limit.
 */
export function roomForDemonstrations(
  context: TaskContext,
  { models, demonstrationTokens }: RoomOptions,
): (demonstrations: readonly Demonstration[]) => string | undefined {
  const bare = longestTasks({ ...context, demonstrations: [] });
  return (demonstrations) => {
    const tasks = longestTasks({ ...context, demonstrations });
    for (const model of models) {
      const sizes = tasks.map((task) => measured(model, task));
      const tight = sizes.find((size) => size?.fits === false);
      if (tight !== undefined) return `More do not fit the context of ${model.id}, ${tight.contextTokens} tokens.`;
      if (demonstrationTokens === undefined) continue;
      const taken = (sizes[0]?.promptTokens ?? 0) - (measured(model, bare[0])?.promptTokens ?? 0);
      if (taken > demonstrationTokens) return `More would take ${taken} tokens of ${model.id}; ${demonstrationTokens} are allowed.`;
    }
    return undefined;
  };
}

/** What asks for the longest reply, and what is about the longest question, that a text may bring: mentions to type as long as itself. */
function longestTasks(context: TaskContext): readonly [Task, Task] {
  return [
    { ...context, kind: 'joint' },
    { ...context, kind: 'classify', mentions: [{ start: 0, end: context.text.length }] },
  ];
}

/** A model that fails here fails again when it is asked, and abstains there. */
function measured(model: LanguageModel, task: Task): PromptSize | undefined {
  try {
    return model.measure?.(task);
  } catch {
    return undefined;
  }
}
