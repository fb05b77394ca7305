import type { Span } from '../../src/document/span.ts';
import type { ShownMention } from '../text/shown-mention.ts';
import { moveBorder } from './marking.ts';
import { TypePicker } from './type-picker.tsx';

interface CorrectMentionProps {
  readonly text: string;
  readonly mention: ShownMention;
  readonly types: readonly string[];
  readonly onType: (type: string) => void;
  readonly onDelete: () => void;
  readonly onMove: (span: Span) => void;
}

const moves = [
  ['start', 'out', 'Begin earlier'],
  ['start', 'in', 'Begin later'],
  ['end', 'in', 'End earlier'],
  ['end', 'out', 'End later'],
] as const;

/** What a person can say of a mention: its type, its borders, or that it is none. */
export function CorrectMention({ text, mention, types, onType, onDelete, onMove }: CorrectMentionProps) {
  const isRejected = mention.state === 'rejected';
  return (
    <div class="correct-mention">
      <TypePicker
        label={isRejected ? 'It is one after all, of type' : 'Its type is'}
        types={types}
        withKeys
        current={isRejected ? undefined : mention.type}
        onPick={onType}
      />
      {!isRejected && (
        <p class="buttons">
          {moves.map(([border, direction, name]) => (
            <button type="button" onClick={() => onMove(moveBorder(text, mention, border, direction))} key={name}>
              {name}
            </button>
          ))}
          <button type="button" class="danger" onClick={onDelete}>
            Not a mention
          </button>
        </p>
      )}
    </div>
  );
}
