import type { ComponentChildren } from 'preact';
import type { Alignment, Verdict, Vote } from '../../src/document/mention.ts';
import { decisionLines } from '../../src/pipeline/decision-lines.ts';
import type { TracedWindow } from '../../src/pipeline/recognition.ts';
import { hueClass } from '../text/hue.ts';
import type { ShownMention } from '../text/shown-mention.ts';
import { CallList } from './call-list.tsx';
import { Demonstrations } from './demonstrations.tsx';
import { type MentionStory, storyOf } from './mention-story.ts';

interface StoryProps {
  readonly text: string;
  readonly mention: ShownMention;
  readonly types: readonly string[];
  /** Of the trace, or none where results have none. */
  readonly windows: readonly TracedWindow[];
}

/** How a mention came about, stage by stage. */
export function Story({ text, mention, types, windows }: StoryProps) {
  const story = storyOf(windows, mention, mention.state === 'rejected');
  return (
    <div class="story">
      <p class="story-head">
        <bdi class={`words ${hueClass(mention.type, types)}`} lang="">
          {text.slice(mention.start, mention.end)}
        </bdi>{' '}
        <span class="story-type">
          <bdi>{mention.type ?? 'no type'}</bdi>
          {mention.score !== undefined && <span class="count"> score {mention.score.toFixed(2)}</span>}
        </span>{' '}
        <span class="quiet">
          offsets {mention.start}–{mention.end}
        </span>
      </p>
      {mention.state === 'rejected' && <p class="reason">Rejected. {mention.reason}</p>}
      {mention.state === 'corrected' && <p class="reason">A person says so; what follows is what the models said.</p>}
      <Decided story={story} state={mention.state} />
      {story === undefined ? <p class="quiet">There is no trace of it.</p> : <Stages story={story} types={types} />}
    </div>
  );
}

/** By what it was decided; where a person says otherwise, also what that came to. */
function Decided({ story, state }: { readonly story: MentionStory | undefined; readonly state: ShownMention['state'] }) {
  if (story?.mention === undefined) return null;
  const { mention, document } = story;
  const isRejected = mention.status === 'rejected' && state !== 'rejected';
  const lines = [...(isRejected ? [`Rejected, ${mention.stage}: ${mention.reason}`] : []), ...decisionLines(mention, document)];
  if (lines.length === 0) return null;
  return (
    <ul class="plain reason">
      {lines.map((line) => (
        <li key={line}>
          <bdi>{line}</bdi>
        </li>
      ))}
    </ul>
  );
}

function Stages({ story, types }: { readonly story: MentionStory; readonly types: readonly string[] }) {
  const { mention, silent, demonstrations, document } = story;
  const { calls, decision } = document;
  return (
    <>
      <Stage
        title="Proposed by"
        count={mention === undefined ? 'nobody' : `${mention.proposals.length} of ${mention.proposals.length + silent.length}`}
      >
        <ul class="plain">
          {mention?.proposals.map(({ modelId, reply, alignment, probability }) => (
            <li key={modelId}>
              <span class="yes">●</span> <code>{modelId}</code> wrote “<bdi lang="">{reply}</bdi>”{alignments[alignment]}
              {probability !== undefined && <Share value={probability} />}
            </li>
          ))}
          {silent.map((modelId) => (
            <li class="quiet" key={modelId}>
              ○ <code>{modelId}</code> did not
            </li>
          ))}
        </ul>
      </Stage>
      {mention !== undefined && mention.votes.length > 0 && (
        <Stage title="Votes on the type">
          <Votes votes={mention.votes} types={types} weights={decision?.by === 'votes' ? decision.weights : {}} />
        </Stage>
      )}
      {mention !== undefined && mention.verdicts.length > 0 && (
        <Stage title="Verification">
          <Verdicts verdicts={mention.verdicts} />
        </Stage>
      )}
      <Stage title="Demonstrations" count={demonstrations.length === 0 ? 'none' : String(demonstrations.length)}>
        <Demonstrations demonstrations={demonstrations} calls={calls} types={types} />
      </Stage>
      <Stage title="Prompts and replies" count={String(calls.length)}>
        <CallList calls={calls} />
      </Stage>
    </>
  );
}

const alignments: Readonly<Record<Alignment, string>> = {
  exact: '',
  normalized: ', found by other spelling of spaces, quotes or case',
  fuzzy: ', found with a slip of the pen',
};

function Stage({ title, count, children }: { readonly title: string; readonly count?: string; readonly children: ComponentChildren }) {
  return (
    <section>
      <h3>
        {title} {count !== undefined && <span class="count">{count}</span>}
      </h3>
      {children}
    </section>
  );
}

/** A probability, as a number and a bar. */
function Share({ value }: { readonly value: number }) {
  return (
    <span class="share">
      <meter min={0} max={1} value={value} aria-label="probability" /> {value.toFixed(2)}
    </span>
  );
}

interface VotesProps {
  readonly votes: readonly Vote[];
  readonly types: readonly string[];
  /** Of models; told where they differ. */
  readonly weights: Readonly<Record<string, number>>;
}

function Votes({ votes, types, weights }: VotesProps) {
  const weightOf = (modelId: string): number => weights[modelId] ?? 1;
  const areWeighted = new Set(votes.map(({ modelId }) => weightOf(modelId))).size > 1;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">model</th>
          <th scope="col">type</th>
          <th scope="col">probability</th>
          {areWeighted && <th scope="col">weight</th>}
        </tr>
      </thead>
      <tbody>
        {votes.map(({ modelId, choice, probability, probabilities = {} }) => (
          <tr key={modelId}>
            <th scope="row">
              <code>{modelId}</code>
            </th>
            <td>
              <bdi class={`type ${hueClass(choice, types)}`}>{choice}</bdi>
              <RunnerUp choice={choice} probabilities={probabilities} />
            </td>
            <td>{probability === undefined ? <span class="quiet">not told</span> : <Share value={probability} />}</td>
            {areWeighted && <td>{Number(weightOf(modelId).toFixed(2))}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A second choice that is worth telling. */
const leastShare = 0.05;

function RunnerUp({
  choice,
  probabilities,
}: {
  readonly choice: string;
  readonly probabilities: Readonly<Record<string, number | undefined>>;
}) {
  const [second] = Object.entries(probabilities)
    .filter(([type]) => type !== choice)
    .sort(([, a = 0], [, b = 0]) => b - a);
  if (second === undefined || (second[1] ?? 0) < leastShare) return null;
  return (
    <span class="quiet">
      {' '}
      or <bdi>{second[0]}</bdi> {second[1]?.toFixed(2)}
    </span>
  );
}

function Verdicts({ verdicts }: { readonly verdicts: readonly Verdict[] }) {
  return (
    <ul class="plain">
      {verdicts.map(({ modelId, type, accepted, probability }) => (
        <li key={`${modelId}${type}`}>
          <code>{modelId}</code>, is it <bdi>{type}</bdi>? <strong class={accepted ? 'yes' : 'no'}>{accepted ? 'yes' : 'no'}</strong>
          {probability !== undefined && (
            <span class="quiet">
              , probability of yes <Share value={probability} />
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
