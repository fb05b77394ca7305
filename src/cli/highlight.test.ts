import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import picocolors from 'picocolors';
import { highlight } from './highlight.ts';
import { recognition } from './recognition.fixture.ts';

describe('without colours', () => {
  const cases: Record<string, readonly [text: string, entities: readonly (readonly [string, string])[], expected: string]> = {
    'no entity': ['It rained.', [], 'It rained.'],
    'an empty text': ['', [], ''],
    'two that touch': [
      'AdaBob',
      [
        ['Ada', 'x'],
        ['Bob', 'y'],
      ],
      '[Ada](x)[Bob](y)',
    ],
    'nested ones, the container last': [
      'The Bank of England.',
      [
        ['England', 'location'],
        ['Bank of England', 'organization'],
      ],
      'The [Bank of [England](location)](organization).',
    ],
    'of two that cross, the first one': [
      'New York City Hall',
      [
        ['New York City', 'location'],
        ['City Hall', 'facility'],
      ],
      '[New York City](location) Hall',
    ],
    'control characters': ['\u001b[31mAda\u0007\r\n\tBob', [['Bob', 'x']], '�[31mAda�\n\t[Bob](x)'],
  };
  for (const [name, [text, entities, expected]] of Object.entries(cases)) {
    test(name, () => assert.equal(highlight(text, recognition('', text, entities).entities, picocolors.createColors(false)), expected));
  }
});

describe('with colours', () => {
  const colours = picocolors.createColors(true);

  test('an entity is black and bold on the background of its type, with the type behind', () => {
    const { entities } = recognition('', 'Ada slept.', [['Ada', 'person']]);
    assert.equal(
      highlight('Ada slept.', entities, colours),
      '\u001b[46m\u001b[30m \u001b[1mAda\u001b[22m person \u001b[39m\u001b[49m slept.',
    );
  });

  test('a type has the same background in every text where the inventory is given', () => {
    const inventory = ['person', 'location'];
    const background = (text: string, type: string) =>
      highlight(text, recognition('', text, [[text, type]]).entities, colours, inventory).slice(0, 5);
    assert.equal(background('Ada', 'person'), background('Bob', 'person'));
    assert.notEqual(background('Ada', 'person'), background('Rome', 'location'));
  });

  test('after an inner entity the outer one goes on in its own background', () => {
    const text = 'Bank of England plc';
    const { entities } = recognition('', text, [
      [text, 'organization'],
      ['England', 'location'],
    ]);
    assert.ok(highlight(text, entities, colours).endsWith('\u001b[30m\u001b[46m plc\u001b[22m organization \u001b[39m\u001b[49m'));
  });
});
