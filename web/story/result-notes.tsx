import type { DocumentResult } from '../api/api-types.ts';
import type { Hallucination } from './shown-mentions.ts';

/** What is to be known of a result beside its mentions. */
export function ResultNotes({
  result,
  hallucinations,
}: {
  readonly result: DocumentResult;
  readonly hallucinations: readonly Hallucination[];
}) {
  const { error, degraded = [], trace } = result;
  const absences = Map.groupBy(degraded, ({ modelId, reason }) => `${modelId}\n${reason}`);
  return (
    <div class="result-notes">
      {error !== undefined && (
        <p class="problem">
          <strong>This text failed ({error.code}).</strong> {error.message}
        </p>
      )}
      {absences.size > 0 && (
        <details class="warning">
          <summary>Not every model took part in everything</summary>
          <ul>
            {Array.from(absences, ([key, same]) => (
              <li key={key}>
                <code>{same[0]?.modelId}</code>, {[...new Set(same.map(({ stage }) => stage))].join(', ')}: {same[0]?.reason}
              </li>
            ))}
          </ul>
        </details>
      )}
      {hallucinations.length > 0 && (
        <details>
          <summary>
            Written by a model, but not in the text <span class="count">{hallucinations.length}</span>
          </summary>
          <ul>
            {hallucinations.map(({ modelId, stage, reply }) => (
              <li key={`${modelId}${reply}`}>
                <bdi class="hallucination" lang="">
                  {reply}
                </bdi>{' '}
                <span class="quiet">
                  <code>{modelId}</code>, {stage}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
      {trace !== undefined && (
        <p class="quiet">
          {trace.durationMs.toFixed(0)} ms, {trace.usage.promptTokens} + {trace.usage.replyTokens} tokens, of which{' '}
          {trace.usage.cachedTokens} were known
          {trace.windows.length > 1 && `, ${trace.windows.length} windows`}
        </p>
      )}
    </div>
  );
}
