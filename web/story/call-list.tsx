import type { Call } from '../../src/pipeline/ensemble.ts';
import { Raw } from '../text/raw.tsx';

/** What models were asked, and what they replied. */
export function CallList({ calls }: { readonly calls: readonly Call[] }) {
  return (
    <ul class="calls">
      {calls.map((call, at) => (
        <li key={at}>
          <details>
            <summary>
              <span class="stage">{call.stage}</span> <code>{call.modelId}</code>{' '}
              {call.outcome !== 'answered' && <strong class="no">{call.outcome}</strong>}{' '}
              <span class="quiet">
                {call.durationMs.toFixed(0)} ms, {call.usage.promptTokens} + {call.usage.replyTokens} tokens
              </span>
            </summary>
            <Exchanges call={call} />
          </details>
        </li>
      ))}
    </ul>
  );
}

function Exchanges({ call }: { readonly call: Call }) {
  const { exchanges, error, cutOff, droppedDemonstrations, dialect, stage, modelId } = call;
  const labelOf = (what: string, at: number): string => `${what} ${at + 1}, ${stage}, ${modelId}`;
  return (
    <>
      <p class="quiet">
        dialect {dialect}
        {cutOff && ', cut off at the token limit'}
        {droppedDemonstrations > 0 && `, demonstrations left out: ${droppedDemonstrations}`}
      </p>
      {error !== undefined && <p class="no">{error.message}</p>}
      {exchanges.map(({ prompt, reply }, at) => (
        <div key={at}>
          <h4>Prompt</h4>
          <Raw label={labelOf('Prompt', at)} text={prompt} />
          <h4>Reply</h4>
          <Raw label={labelOf('Reply', at)} text={reply === '' ? '(empty)' : reply} />
        </div>
      ))}
      {exchanges.length === 0 && error === undefined && <p class="quiet">It needs no prompt.</p>}
    </>
  );
}
