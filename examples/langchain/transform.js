import { Document } from '@langchain/core/documents';
import { RunnableLambda } from '@langchain/core/runnables';
import { entityTransformer } from 'el4ner/langchain';

const load = RunnableLambda.from((texts) => texts.map((pageContent) => new Document({ pageContent })));
await using entities = entityTransformer({ types: ['person', 'city'] }, { workers: 2 });

// Whatever comes after it in the chain, such as a vector store, can filter by metadata.entities.
const chain = load.pipe(entities);
const documents = await chain.invoke(['Mira Holm met Ole Brandt in Lund.', 'It rained.']);
for (const { pageContent, metadata } of documents)
  console.log(
    pageContent,
    metadata.entities.map(({ type, text }) => `${type} ${text}`),
  );
