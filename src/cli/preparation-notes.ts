import type { Preparation } from '../pipeline/preparation.ts';
import { counted } from './counted.ts';
import { frequentReasons } from './reasons.ts';

/** What went wrong while a pool was prepared, a line a reason: retrieval then rests on fewer models' spans, or on gold mentions. */
export function preparationNotes({ degraded, unread }: Preparation): readonly string[] {
  const failures = frequentReasons(degraded.map(({ modelId, reason }) => `${modelId}: ${reason}`));
  const unreadable = frequentReasons(unread.map(({ reason }) => reason));
  return [
    ...failures.map(({ reason, count }) => `preparing the pool, ${counted(count, 'sentence')} without ${reason}`),
    ...unreadable.map(({ reason, count }) => `preparing the pool, ${counted(count, 'sentence')} by gold mentions alone: ${reason}`),
  ];
}
