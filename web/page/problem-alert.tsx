import type { Problem } from '../../src/server/schemas.ts';

/** What went wrong, with the fields that are to blame. */
export function ProblemAlert({ problem, onClose }: { readonly problem: Problem | undefined; readonly onClose: () => void }) {
  return (
    <div role="alert">
      {problem !== undefined && (
        <div class="problem">
          <p>
            <strong>
              {problem.title}
              {problem.status > 0 && ` (${problem.status})`}
            </strong>{' '}
            {problem.detail}
          </p>
          {(problem.errors?.length ?? 0) > 1 && (
            <ul>
              {problem.errors?.map(({ pointer, detail }) => (
                <li key={pointer + detail}>
                  <code>{pointer === '' ? 'the request' : pointer}</code>: {detail}
                </li>
              ))}
            </ul>
          )}
          <button type="button" class="quiet-button" onClick={onClose}>
            Dismiss
          </button>
        </div>
      )}
    </div>
  );
}
