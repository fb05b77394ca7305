/**
 * Uses a client that was made from the server's own description, with the server running:
 *
 *   npx el4ner serve --pool news=examples/corpus/news/pool.jsonl --pool corrections.jsonl
 *   npx @hey-api/openapi-ts --input http://127.0.0.1:8787/openapi.json --output client --client @hey-api/client-fetch
 */
import { client } from './client/client.gen.js';
import { addSentence, type Entity, extract, extractStream, listModels, listPools, type Problem } from './client/index.js';

export async function use(baseUrl: string, text: string) {
  client.setConfig({ baseUrl });
  const found = await extract({ body: { documents: [{ id: 'a', text }], pool: 'news', types: ['person', { name: 'city' }] } });
  const entities: readonly Entity[] = found.data?.documents[0]?.entities ?? [];
  const models = (await listModels()).data?.models.map(({ id, kind }) => [id, kind]);
  const pools = (await listPools()).data?.pools.map(({ name, isWritable }) => [name, isWritable]);
  const added = await addSentence({
    path: { name: 'corrections' },
    body: { text: 'Lund.', entities: [{ start: 0, end: 4, type: 'city' }] },
  });
  const sentences = added.data?.sentences;
  const failed = await extract({ body: { documents: [{ text }], pool: 'letters' } });
  const problem: Problem | undefined = failed.error;
  const stages: string[] = [];
  let streamed: readonly Entity[] = [];
  const { stream } = await extractStream({ body: { documents: [{ id: 'a', text }], pool: 'news', types: ['person', { name: 'city' }] } });
  for await (const event of stream) {
    if ('stage' in event) stages.push(event.stage);
    if ('entities' in event) streamed = event.entities ?? [];
  }
  return { entities, models, pools, sentences, problem, stages, streamed };
}
