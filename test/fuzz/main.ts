/** `npm run fuzz -- [--seconds N] [--seed N] [--target NAME] [--path PATH]`: gives every parser mutated files and tells what it did not bear. */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: process.env['EL4NER_FUZZ_SECONDS'] ?? '300' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    target: { type: 'string' },
    path: { type: 'string' },
  },
});

for await (const { target, files, refused, failure } of fuzz({ ...values, seconds: Number(values.seconds), seed: Number(values.seed) })) {
  console.log(`${target}: ${files} files, ${refused} refused${failure === undefined ? '' : `, and then\n${failure}\n`}`);
  if (failure !== undefined) process.exitCode = 1;
}
