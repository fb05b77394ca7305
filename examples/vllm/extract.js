import { createRecognizer, openaiCompatible } from 'el4ner';

const [baseUrl, model] = process.argv.slice(2);
if (baseUrl === undefined || model === undefined)
  throw new Error('Expected an address and a model: node extract.js http://127.0.0.1:8000/v1 Qwen/Qwen3-8B');

// vLLM holds replies to the JSON schema that it is sent, and keeps the prefix that all questions about a text share.
const served = openaiCompatible({ baseUrl, model, timeoutMs: 60_000 });

await using recognizer = await createRecognizer({ types: ['person', 'city'], models: [served] });
const texts = ['Mira Holm met Ole Brandt in Lund.', 'Eva Lind moved to Turin.'];
for await (const result of recognizer.recognizeAll(texts, { workers: 8 })) {
  if (result.status === 'failed') console.error(`${result.id} failed: ${result.error.message}`);
  else console.log(result.id, result.entities.map(({ type, text }) => `${type} ${text}`).join(', '));
}
