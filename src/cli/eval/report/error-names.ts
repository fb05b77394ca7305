import type { ErrorKind } from '../../../evaluation/error-analysis.ts';
import type { ErrorStage } from '../../../evaluation/error-stage.ts';

/** How people call something, and what it is. */
export interface Named {
  readonly name: string;
  readonly meaning: string;
}

export const errorKinds: Readonly<Record<ErrorKind, Named>> = {
  missed: {
    name: 'missed',
    meaning: 'A gold mention without a predicted one: none overlaps it, or those that do are paired with other gold mentions.',
  },
  spurious: {
    name: 'spurious',
    meaning: 'A predicted mention without a gold one: none overlaps it, or those that do are paired with other predicted mentions.',
  },
  'wrong-type': { name: 'wrong type', meaning: 'The span is right and the type is not.' },
  'wrong-boundary:too-long': { name: 'wrong boundary, too long', meaning: 'The type is right, and the span holds the gold one and more.' },
  'wrong-boundary:too-short': { name: 'wrong boundary, too short', meaning: 'The type is right, and the span is a part of the gold one.' },
  'wrong-boundary:crossing': {
    name: 'wrong boundary, crossing',
    meaning: 'The type is right, and the span leaves out a part of the gold one and has some of what is beside it.',
  },
  'wrong-boundary-and-type': { name: 'wrong boundary and type', meaning: 'The spans overlap, and neither span nor type is right.' },
};

export const errorStages: Readonly<Record<ErrorStage, Named>> = {
  'never-proposed': { name: 'never proposed', meaning: 'No model proposed the gold span.' },
  'voted-away': {
    name: 'voted away',
    meaning: 'The gold span was proposed, and too few models stood by it, or the vote called it no entity.',
  },
  mistyped: { name: 'mistyped by the vote', meaning: 'The vote gave the gold span another type.' },
  'wrongly-rejected': { name: 'wrongly rejected', meaning: 'The vote was right, and the verifier denied it.' },
  'lost-in-overlap': { name: 'lost in an overlap', meaning: 'The gold mention passed, and gave way to another that overlaps it.' },
  'wrongly-kept': { name: 'wrongly kept', meaning: 'What is no gold mention passed every stage.' },
};
