import type { LabelledSentence } from '../../src/document/labelled.ts';
import { type Piece, piecesOf } from '../../src/document/pieces.ts';
import type { Span } from '../../src/document/span.ts';
import type { Call } from '../../src/pipeline/ensemble.ts';
import { hueClass } from '../text/hue.ts';
import type { StoryDemonstration } from './mention-story.ts';

interface DemonstrationsProps {
  readonly demonstrations: readonly StoryDemonstration[];
  /** Of the window, which tell who is shown any. */
  readonly calls: readonly Pick<Call, 'kind'>[];
  readonly types: readonly string[];
}

/** The labelled sentences that the models were shown, best first, with the spans that are like the mention marked. */
export function Demonstrations({ demonstrations, calls, types }: DemonstrationsProps) {
  if (demonstrations.length === 0) return <p class="quiet">{withoutAny(calls)}</p>;
  return (
    <ol class="demonstrations">
      {demonstrations.map(({ demonstration: { sentence, rank, score, by, reason }, alike }) => (
        <li key={sentence.id}>
          <Sentence sentence={sentence} alike={alike.map(({ candidate }) => candidate)} types={types} />
          <div class="quiet">
            <code>{sentence.id}</code>, {by.replace('-', ' ')} {score.toFixed(2)}, rank {rank}
            {reason !== undefined && `, ${reason}`}
          </div>
          {alike.map(({ query, candidate, cosine, weight }) => (
            <div class="alike" key={`${query}${candidate.start}`}>
              <bdi lang="">{query}</bdi> ~ <bdi lang="">{sentence.text.slice(candidate.start, candidate.end)}</bdi>{' '}
              <span class="quiet">
                cosine {cosine.toFixed(2)}, weight {Number(weight.toFixed(2))}
              </span>
            </div>
          ))}
        </li>
      ))}
    </ol>
  );
}

function withoutAny(calls: DemonstrationsProps['calls']): string {
  const taggers = calls.filter(({ kind }) => kind !== undefined).length;
  if (taggers === 0) return 'The models knew the types alone: there is no pool, or nothing in it fits.';
  const learnt = 'The tagger is shown none: it has learnt from all of the pool.';
  return taggers === calls.length ? learnt : `${learnt} The other models knew the types alone: nothing in the pool fits.`;
}

interface SentenceSpan extends Span {
  readonly type?: string;
}

interface SentenceProps {
  readonly sentence: Pick<LabelledSentence, 'text' | 'entities'>;
  readonly types: readonly string[];
  /** Spans that are like something. */
  readonly alike?: readonly Span[];
}

/** A labelled sentence, to be looked at. */
export function Sentence({ sentence: { text, entities }, types, alike = [] }: SentenceProps) {
  const spans: readonly SentenceSpan[] = [...entities, ...alike];
  return (
    <p class="sentence" dir="auto" lang="">
      <SentencePieces pieces={piecesOf(text, spans)} types={types} />
    </p>
  );
}

function SentencePieces({ pieces, types }: { readonly pieces: readonly Piece<SentenceSpan>[]; readonly types: readonly string[] }) {
  return (
    <>
      {pieces.map((piece, at) => {
        if (typeof piece === 'string') return piece;
        const { span, contents, isLast } = piece;
        const inside = <SentencePieces pieces={contents} types={types} />;
        if (span.type === undefined)
          return (
            <em class="similar" key={at}>
              {inside}
            </em>
          );
        return (
          <mark class={`mention ${hueClass(span.type, types)}`} key={at}>
            {inside}
            {isLast && (
              <small class="tag" dir="ltr">
                <bdi>{span.type}</bdi>
              </small>
            )}
          </mark>
        );
      })}
    </>
  );
}
