import type { Recognition } from '../pipeline/recognition.ts';

/** What members could not do about a text: one line for each member and reason, with the stages. */
export function degradationLines({ degraded }: Recognition): readonly string[] {
  const alike = Map.groupBy(degraded, ({ modelId, reason }) => `${modelId}\n${reason}`);
  return Array.from(alike.values(), (group) => {
    const stages = [...new Set(group.map(({ stage }) => stage))].join(', ');
    return `${group[0]?.modelId} (${stages}): ${group[0]?.reason}`;
  });
}
