import type { StageEvent } from '../api/api-types.ts';
import type { Run } from './workspace.ts';

const usual = ['retrieve', 'extract', 'classify', 'verify'] as const;

/** The stages of the document that is in work, each lit once it is done. */
export function StageLights({ run }: { readonly run: Run }) {
  const isJoint = run.stages.some(({ stage }) => stage === 'joint');
  const stages: readonly StageEvent['stage'][] = isJoint ? ['retrieve', 'joint', 'verify'] : usual;
  const windows = windowsOf(run.stages);
  const doneOf = (stage: StageEvent['stage']): number => run.stages.filter((event) => event.stage === stage).length;
  const next = stages.find((stage) => doneOf(stage) < Math.max(1, windows));
  return (
    <ol class="stages" aria-label="Stages">
      {stages.map((stage) => {
        const done = doneOf(stage);
        const isDone = done > 0 && done >= windows;
        const state = isDone
          ? 'done'
          : run.state === 'running' && stage === next
            ? 'working'
            : run.state === 'done'
              ? 'skipped'
              : 'waiting';
        return (
          <li class={state} key={stage}>
            <span class="light" aria-hidden="true" />
            {stage}{' '}
            <span class="quiet" title={countedIn(stage, windows)}>
              {toldOf(stage, run.stages, { done, windows })}
              {done > 0 && <span class="hidden"> {countedIn(stage, windows)}</span>}
            </span>
            <span class="hidden">, {state}</span>
          </li>
        );
      })}
    </ol>
  );
}

/** Windows of the documents in work; more than were told of where some were cut once more. */
function windowsOf(events: readonly StageEvent[]): number {
  const byDocument = [...Map.groupBy(events, ({ id }) => id).values()];
  return byDocument.reduce((sum, [first, ...others]) => {
    const begun = new Set([first, ...others].map((event) => event?.start)).size;
    return sum + Math.max(first?.windows ?? 0, begun);
  }, 0);
}

/** What is counted beside a stage. */
function countedIn(stage: StageEvent['stage'], windows: number): string {
  if (windows > 1) return 'parts of the text are done';
  return stage === 'retrieve' ? 'demonstrations' : 'mentions go on';
}

function toldOf(
  stage: StageEvent['stage'],
  events: readonly StageEvent[],
  { done, windows }: { readonly done: number; readonly windows: number },
): string {
  if (done === 0) return '';
  if (windows > 1) return `${done}/${windows}`;
  const event = events.find((one) => one.stage === stage);
  if (event === undefined) return '';
  if (stage === 'retrieve') return `${event.demonstrations}`;
  return `${event.mentions.filter(({ status }) => status !== 'rejected').length}`;
}
