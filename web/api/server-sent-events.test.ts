import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { serverSentEvents } from './server-sent-events.ts';

async function eventsOf(chunks: readonly string[]) {
  return Array.fromAsync(
    serverSentEvents(
      (async function* () {
        yield* chunks;
      })(),
    ),
  );
}

test('an event has a name and lines of data; comments are none, and what is cut off is none', async () => {
  const stream = 'event: stage\ndata: {"a":1}\n\n: still here\n\ndata:x\ndata: y\nid: 3\n\nevent: end\ndata: {}\n';
  assert.deepEqual(await eventsOf([stream]), [
    { name: 'stage', data: '{"a":1}' },
    { name: 'message', data: 'x\ny' },
  ]);
});

test('it does not matter where the stream is cut, nor how its lines end', async () => {
  const event = fc.record(
    { name: fc.stringMatching(/^[a-z]{1,8}$/), data: fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text)) },
    { noNullPrototype: true },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(event), fc.constantFrom('\n', '\r\n'), fc.array(fc.nat(200)), async (events, lineEnd, cuts) => {
      const stream = events.map(({ name, data }) => `event: ${name}${lineEnd}data: ${data}${lineEnd}${lineEnd}`).join('');
      const at = [0, ...cuts.map((cut) => cut % (stream.length + 1)).sort((a, b) => a - b), stream.length];
      const chunks = at.slice(1).map((end, index) => stream.slice(at[index], end));
      assert.deepEqual(await eventsOf(chunks), events);
    }),
  );
});
