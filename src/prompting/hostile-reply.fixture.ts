import fc from 'fast-check';
import { hostileText } from '../document/hostile-text.fixture.ts';

/** What a reply may be about. */
interface Asked {
  readonly text: string;
  readonly types: readonly string[];
}

const wildNumbers = ['1e999', '-1e999', '-0', '123456789012345678901234567890', '0.1e-400', 'NaN', 'Infinity', '0x10', '1.', '.5'];
const wildKeys = [
  'mentions',
  'entities',
  'text',
  'type',
  '1',
  '2',
  '0',
  '-1',
  '99999999999999999999',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  ' ',
];

/** A string of the text, or one that is nowhere in it. */
function span({ text }: Asked): fc.Arbitrary<string> {
  const part = fc.tuple(fc.nat(text.length), fc.integer({ min: 0, max: 20 })).map(([start, length]) => text.slice(start, start + length));
  const word = text.split(/\s+/).filter((one) => one !== '');
  return fc.oneof(
    part,
    part,
    word.length === 0 ? part : fc.constantFrom(...word),
    hostileText.map((other) => other.slice(0, 40)),
  );
}

function answer({ types }: Asked): fc.Arbitrary<string> {
  const known = [...types, ...types.map((type) => type.toUpperCase()), 'none', 'yes', 'no', 'true', 'false'];
  return fc.oneof(
    { arbitrary: fc.constantFrom(...known), weight: 5 },
    { arbitrary: fc.constantFrom('animal', '__proto__', 'toString', ''), weight: 1 },
  );
}

/** JSON of any shape around strings and answers, keys twice and all. */
function json(asked: Asked): fc.Arbitrary<string> {
  const scalar = fc.oneof(
    { arbitrary: span(asked).map((string) => JSON.stringify(string)), weight: 5 },
    { arbitrary: answer(asked).map((string) => JSON.stringify(string)), weight: 3 },
    { arbitrary: fc.constantFrom(...wildNumbers, 'null', 'true', 'None', '"\\ud800"', '"\\u0000"'), weight: 1 },
  );
  const { value } = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
    list: fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(', ')}]`),
    object: fc
      .array(fc.tuple(fc.constantFrom(...wildKeys, ...asked.types), tie('value')), { maxLength: 4 })
      .map((entries) => `{${entries.map(([key, item]) => `${JSON.stringify(key)}: ${item}`).join(', ')}}`),
    value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, scalar, tie('list'), tie('object')),
  }));
  return value;
}

/** Replies of the right form, to any task, with strings and answers that may be right. */
function wellFormed(asked: Asked): fc.Arbitrary<string> {
  const spans = fc.array(span(asked), { maxLength: 6 });
  const pairs = fc.array(fc.tuple(span(asked), answer(asked)), { maxLength: 6 });
  const answers = fc.array(answer(asked), { maxLength: 6 });
  return fc.oneof(
    spans.map((mentions) => JSON.stringify({ mentions })),
    pairs.map((entities) => JSON.stringify({ entities: entities.map(([text, type]) => ({ text, type })) })),
    answers.map((all) => JSON.stringify(Object.fromEntries(all.map((one, index) => [index + 1, one])))),
    spans.map((all) => `[CLS]${all.join('[SEP]')}`),
    pairs.map((all) => all.map(([text, type]) => `[CLS]${text}[SEP]${type}`).join('')),
    fc.constantFrom('yes', 'no', 'true', 'false', 'Yes.', 'The answer is no'),
  );
}

/** A few changes at random places: something left out, put in, doubled, or all behind it cut off. */
function damaged(arbitrary: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const damage = fc.record({
    at: fc.nat(1_000_000),
    length: fc.nat(12),
    kind: fc.constantFrom('leave out', 'double', 'cut', 'put in'),
    with: fc.constantFrom('"', "'", '\\', '{', '}', '[', ']', ',', ':', '\u0000', '\ud800', '\n', '`', '“', ' ', '9', '\u2028'),
  });
  return fc.tuple(arbitrary, fc.array(damage, { minLength: 1, maxLength: 4 })).map(([whole, damages]) =>
    damages.reduce((text, { at, length, kind, with: inserted }) => {
      const start = at % (text.length + 1);
      const [before, part, behind] = [text.slice(0, start), text.slice(start, start + length), text.slice(start + length)];
      if (kind === 'cut') return before;
      if (kind === 'leave out') return before + behind;
      return kind === 'double' ? before + part + part + behind : before + inserted + part + behind;
    }, whole),
  );
}

function wrapped(arbitrary: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const wrapping = fc.constantFrom(
    ['```json\n', '\n```'],
    ['<think>Hm, ["x"]</think>', ''],
    ['<think>', ''],
    ['Sure! Here is what you asked for:\n\n', '\n\nLet me know if you need more.'],
    ['\ufeff', ''],
    ['"', '"'],
    ['[', ']'],
    ['{"answer": ', '}'],
  );
  return fc.tuple(wrapping, arbitrary).map(([[before = '', behind = ''], reply]) => before + reply + behind);
}

const monotonous = fc
  .tuple(
    fc.constantFrom('[', '{"a":', '["', '-', '"', '\\', ' ', '<think>', '[CLS]', '[CLS]a[SEP]', '{"1":"yes",', '"a",', '“'),
    fc.integer({ min: 1, max: 3000 }),
  )
  .map(([part, times]) => part.repeat(times));

const prose = fc.constantFrom(
  '',
  ' ',
  'There are no entities in this text.',
  'None',
  "I'm sorry, but I cannot help with that.",
  '对不起，我无法',
  '<html><body>Bad gateway</body></html>',
  'null',
  '[]',
  '{}',
  '0',
);

/** Replies of a model that is broken, stupid or an enemy, about a text. */
export function hostileReply(asked: Asked): fc.Arbitrary<string> {
  const sound = fc.oneof({ arbitrary: wellFormed(asked), weight: 3 }, { arbitrary: json(asked), weight: 2 });
  const many = fc.array(span(asked), { minLength: 500, maxLength: 1500 }).map((mentions) => JSON.stringify({ mentions }));
  return fc.oneof(
    { arbitrary: sound, weight: 30 },
    { arbitrary: damaged(sound), weight: 30 },
    { arbitrary: wrapped(sound), weight: 15 },
    { arbitrary: hostileText, weight: 10 },
    { arbitrary: monotonous, weight: 4 },
    { arbitrary: prose, weight: 6 },
    ...(asked.text.length < 300 ? [{ arbitrary: many, weight: 1 }] : []),
  );
}
