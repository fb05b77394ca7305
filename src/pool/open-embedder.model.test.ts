import { bundledModels } from '../model/bundled.ts';
import { embedderConformance } from '../model/embedder-conformance.ts';
import { openEmbedder } from './open-embedder.ts';

const [bundled] = await bundledModels();

// A language model and no embedding model, but llama.cpp pools it as well.
embedderConformance('gguf', async () => ({ embedder: await openEmbedder(`gguf:${bundled?.path}`), async [Symbol.asyncDispose]() {} }));
