/**
 * `npm run soak`: the tests of faults, hostile texts and damaged files, as long as nobody waits for them. Variables that are set already stay as they
 * are.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';

const longer = {
  EL4NER_CHAOS_DOCUMENTS: '2000',
  EL4NER_HOSTILE_CASES: '100000',
  EL4NER_HOSTILE_MODEL_CASES: '500',
  EL4NER_FUZZ_SECONDS: '900',
  EL4NER_TEST_KILLS: '50',
};
const tests = [
  'src/model/server-faults.test.ts',
  'src/cli/hostile.test.ts',
  'src/cli/hostile.model.test.ts',
  'test/chaos.test.ts',
  'test/fuzz.test.ts',
  'test/run.test.ts',
  'test/queue.test.ts',
];
const tester = spawn(process.execPath, ['--test', '--test-concurrency=1', ...tests], {
  stdio: 'inherit',
  env: { ...longer, ...process.env },
});
const [code] = await once(tester, 'exit');
process.exitCode = code ?? 1;
