/** One model in a process of its own, for threads.ts: PATH PROMPT REPLY. It does the documents of a message and says when it is done. */
import { loadAlone, sequencesOf, workerOn } from './thread-work.ts';

const [path = '', prompt, reply] = process.argv.slice(2);
const worker = workerOn(await sequencesOf(await loadAlone(path), { ideal: 1, min: 1 }, 1), {
  prompt: Number(prompt),
  reply: Number(reply),
});
process.on('message', async (documents: readonly number[]) => {
  await worker(documents);
  process.send?.('done');
});
process.send?.('ready');
