import assert from 'node:assert/strict';
import picocolors from 'picocolors';
import { offsetConverter } from '../document/offsets.ts';
import type { FailedRecognition, Recognition } from '../pipeline/recognition.ts';
import type { FormatSettings } from './format.ts';
import { ndjsonFormat } from './json-format.ts';

const settings: FormatSettings = { several: false, trace: true, types: [], colours: picocolors.createColors(false), note: () => undefined };

/** That a result is sound, as an object and as a line of JSON. */
export async function assertSound(result: Recognition | FailedRecognition, text: string, types: readonly string[]): Promise<void> {
  async function* one() {
    yield result;
  }
  const [line = '', ...rest] = await Array.fromAsync(ndjsonFormat(one(), settings));
  assert.deepEqual(rest, []);
  assert.equal(line.indexOf('\n'), line.length - 1, 'one line');
  assert.ok(line.isWellFormed());
  const written = JSON.parse(line);
  assert.equal(written.text, text);
  if (result.status === 'failed') {
    assert.ok(['no-quorum', 'context-overflow'].includes(result.error.detail.code), result.error.stack);
    return;
  }
  const offsets = offsetConverter(text);
  const characters = Array.from(text);
  for (const { start, end, text: own, type, score } of written.entities) {
    assert.ok(start < end && own === text.slice(start, end), `${start}–${end} ${JSON.stringify(own)}`);
    assert.equal(characters.slice(offsets.toCodePoint(start), offsets.toCodePoint(end)).join(''), own);
    assert.ok(types.includes(type) && score >= 0 && score <= 1, `${type} ${score}`);
  }
}
