import { createRecognizer, openaiCompatible } from 'el4ner';

// Your text leaves your machine. For OpenAI itself, the model's name is enough: models: ['openai:gpt-5-mini'], with OPENAI_API_KEY.
const { CLOUD_URL: baseUrl, CLOUD_MODEL: model, CLOUD_KEY: apiKey } = process.env;
if (!baseUrl || !model || !apiKey) throw new Error('Expected CLOUD_URL (up to /v1), CLOUD_MODEL and CLOUD_KEY in the environment.');

// At most four requests at once, and no more than 20,000 tokens for a text.
const served = openaiCompatible({ baseUrl, model, apiKey, concurrency: 4 });
await using recognizer = await createRecognizer({ types: ['person', 'city'], models: [served], preset: 'fast', documentTokens: 20_000 });

const { entities, usage } = await recognizer.recognize('Mira Holm met Ole Brandt in Lund.');
for (const { type, text } of entities) console.log(type, text);
console.error(`${usage.promptTokens} tokens prompted, ${usage.replyTokens} replied`);
