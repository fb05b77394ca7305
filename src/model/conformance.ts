import { describe, it } from 'node:test';
import { answers } from './conformance/answers.ts';
import type { ConformanceHarness } from './conformance/harness.ts';
import { interruptions } from './conformance/interruptions.ts';
import { replies } from './conformance/replies.ts';
import { texts } from './conformance/texts.ts';

/**
 * Registers with `node:test` what every language model has to do, whatever it runs on.
 * @example
 * ```ts
 * modelConformance('my provider', {
 *   can: [],
 *   open: async () => ({ model: await myModel(), async [Symbol.asyncDispose]() {} }),
 * });
 * ```
 */
export function modelConformance(name: string, harness: ConformanceHarness): void {
  describe(`${name}, as a language model`, () => {
    for (const { title, needs = [], run } of [...answers, ...interruptions, ...replies, ...texts]) {
      if (needs.every((capability) => harness.can.includes(capability))) it(title, () => run(harness));
    }
  });
}
