import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TypedSpan } from '../../src/document/labelled.ts';
import { sameSpan, spanKey } from '../../src/document/span.ts';
import { sameMention, withEdit } from '../correct/edits.ts';
import { after, emptyWorkspace, foundIn, mentionsOf, shownIn, type Workspace } from './workspace.ts';

const text = 'Ada saw Rome.';
const types = ['a', 'b'];

/** A workspace, and what is to hold in it. */
interface Held {
  readonly workspace: Workspace;
  /** Since the sentence was saved: all its labels. */
  readonly settled: readonly string[] | undefined;
  /** By their spans the labels that a person gave. */
  readonly said: ReadonlyMap<string, string>;
}

const labelOf = ({ start, end, type }: TypedSpan): string => `${start} ${end} ${type}`;
const labels = (workspace: Workspace): readonly string[] => mentionsOf(shownIn(workspace)).map(labelOf).sort();

function found(held: Held, mentions: readonly TypedSpan[]): Held {
  const entities = mentions.map((mention) => ({ ...mention, text: '', score: 1 }));
  return { ...held, workspace: after(held.workspace, { kind: 'document', result: { id: '1', text, entities } }) };
}

/** @param isOne - whether it is a mention, or none. */
function said({ workspace, settled, said }: Held, mention: TypedSpan, isOne: boolean): Held {
  const document = shownIn(workspace);
  const from = mentionsOf(document).find((other) => sameSpan(other, mention));
  const to = isOne ? mention : undefined;
  const edits = withEdit(document.edits, { from, to }, foundIn(document));
  const changed = after(workspace, { kind: 'edited', edits });
  const others = [...said].filter(([span]) => span !== spanKey(mention));
  // Saying what was found is no correction.
  const isCorrection = to !== undefined && edits.some((edit) => sameMention(edit.to, to));
  return {
    workspace: changed,
    settled: settled && labels(changed),
    said: new Map(isCorrection ? [...others, [spanKey(mention), labelOf(mention)]] : others),
  };
}

function saved(held: Held): Held {
  const entities = mentionsOf(shownIn(held.workspace)).map(({ start, end, type }) => ({ start, end, type }));
  const workspace = after(held.workspace, { kind: 'saved', sentences: [{ text, entities, pool: 'letters', types }] });
  return { ...held, workspace, settled: labels(workspace) };
}

test('whatever is found, corrected and saved in whatever order: the word of a person holds', () => {
  const span = fc.constantFrom({ start: 0, end: 3 }, { start: 0, end: 7 }, { start: 4, end: 7 }, { start: 8, end: 12 });
  const mention = fc.tuple(span, fc.constantFrom(...types)).map(([span, type]) => ({ ...span, type }));
  const step: fc.Arbitrary<(held: Held) => Held> = fc.oneof(
    fc.uniqueArray(mention, { selector: spanKey }).map((mentions) => (held: Held) => found(held, mentions)),
    fc.tuple(mention, fc.boolean()).map(
      ([mention, isOne]) =>
        (held: Held) =>
          said(held, mention, isOne),
    ),
    fc.constant(saved),
  );
  const begun = [
    { kind: 'written' as const, text },
    { kind: 'document' as const, result: { id: '1', text, entities: [] } },
  ];
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      let held: Held = { workspace: begun.reduce<Workspace>(after, emptyWorkspace), settled: undefined, said: new Map() };
      for (const take of steps) {
        held = take(held);
        const now = labels(held.workspace);
        if (held.settled !== undefined) assert.deepEqual(now, held.settled);
        for (const label of held.said.values()) assert.ok(now.includes(label), label);
      }
    }),
    { numRuns: 300 },
  );
});
