import { createRecognizer } from 'el4ner';

// OLLAMA_HOST says where Ollama is, if it is not at http://127.0.0.1:11434.
const models = process.argv.slice(2).map((name) => `ollama:${name}`);
if (models.length === 0) throw new Error('Expected names of models, as in: node extract.js qwen2.5:14b phi4');

await using recognizer = await createRecognizer({ types: ['person', 'city'], models });
const { entities } = await recognizer.recognize('Mira Holm met Ole Brandt in Lund.');
for (const { type, text, score } of entities) console.log(type, text, score.toFixed(2));
