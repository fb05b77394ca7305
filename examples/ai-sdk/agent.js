import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, isStepCount } from 'ai';
import { entityTool } from 'el4ner/ai-sdk';

const { CHAT_URL: baseURL = 'http://127.0.0.1:11434/v1', CHAT_MODEL = 'qwen2.5:14b' } = process.env;
const model = createOpenAICompatible({ name: 'chat', baseURL }).chatModel(CHAT_MODEL);

// The bundled models look for the entities; the chat model decides when to ask them, and never makes up an offset.
await using entities = entityTool({ types: ['person', { name: 'city', definition: 'A town or city.' }] });
const { text, steps } = await generateText({
  model,
  tools: { entities },
  stopWhen: isStepCount(3),
  prompt: 'Who met whom, and where? Find the entities first. "Mira Holm met Ole Brandt in Lund."',
});
for (const { toolResults } of steps) for (const { output } of toolResults) console.log(JSON.stringify(output.entities));
console.log(text);
