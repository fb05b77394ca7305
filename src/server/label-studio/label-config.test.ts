import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { labelInterface } from './label-config.ts';

const text = '<Text name="text" value="$text"/>';

describe('a labelling interface', () => {
  test('of the template for named entities', () => {
    const config = `<View>
      <Labels name="label" toName="text">
        <Label value="PER" background="red"/>
        <Label value="ORG" background="darkorange"></Label>
      </Labels>
      <Text name="text" value="$text" granularity="word"/>
    </View>`;
    assert.deepEqual(labelInterface(config), {
      fromName: 'label',
      toName: 'text',
      key: 'text',
      labels: [
        { label: 'PER', types: ['PER'] },
        { label: 'ORG', types: ['ORG'] },
      ],
    });
  });

  test('with hints, aliases, names of the pool, and signs', () => {
    const config = `<View><Text value='$body' name='t'/><Labels toName='t' name='spans'>
      <Label value="Medicine &amp; agent" hint="Name of a drug &#x2014; or of its &quot;agent&quot;."/>
      <!-- <Label value="No"/> -->
      <View style="display: flex"><Label value="Person" alias="P" predicted_values="person, PER"/></View>
    </Labels></View>`;
    assert.deepEqual(labelInterface(config), {
      fromName: 'spans',
      toName: 't',
      key: 'body',
      labels: [
        { label: 'Medicine & agent', types: ['Medicine & agent'], definition: 'Name of a drug — or of its "agent".' },
        { label: 'P', types: ['person', 'PER'] },
      ],
    });
  });

  test('is the first one on a text', () => {
    const config = `<View><Image name="image" value="$image"/><Labels name="no" toName="image"><Label value="x"/></Labels>
      <Choices name="c" toName="text"><Choice value="y"/></Choices><Labels name="yes" toName="text"><Label value="z"/></Labels>${text}</View>`;
    assert.deepEqual(labelInterface(config).fromName, 'yes');
  });

  const none: Readonly<Record<string, string>> = {
    nothing: '',
    'no labels': `<View>${text}</View>`,
    'labels of an image': '<View><Image name="text" value="$text"/><Labels name="l" toName="text"><Label value="x"/></Labels></View>',
    'labels that come with tasks': `<View><Labels name="l" toName="text" value="$labels"/>${text}</View>`,
    'no XML': 'labels, please <',
  };
  for (const [name, config] of Object.entries(none))
    test(`is refused: ${name}`, () => assert.throws(() => labelInterface(config), /has no labels on a text; expected <Labels/));

  test('of a text by its address is refused', () => {
    const config = `<Labels name="l" toName="t"><Label value="x"/></Labels><Text name="t" value="$url" valueType="url"/>`;
    assert.throws(() => labelInterface(config), /expected it in the data of the task/);
  });

  const long: Readonly<Record<string, string>> = {
    'comments that do not end': '<!--'.repeat(200_000),
    'labels that do not end': `${text}${'<Labels name="l" toName="text">'.repeat(30_000)}`,
    'values that do not end': '<A a="'.repeat(150_000),
  };
  for (const [name, config] of Object.entries(long))
    test(`is looked through fast: ${name}`, { timeout: 5000 }, () => {
      const start = performance.now();
      assert.throws(() => labelInterface(config), /has no labels/);
      assert.ok(performance.now() - start < 2000);
    });
});
