import { createRecognizer } from 'el4ner';

await using recognizer = await createRecognizer({
  types: ['person', { name: 'city', definition: 'A town or city.' }],
  pool: [
    {
      id: '1',
      text: 'Eva Lind moved from Kiel to Turin.',
      entities: [
        { start: 0, end: 8, type: 'person' },
        { start: 20, end: 24, type: 'city' },
        { start: 28, end: 33, type: 'city' },
      ],
    },
  ],
});

const { entities, degraded } = await recognizer.recognize('Mira Holm met Ole Brandt in Lund.');
for (const { type, text, start, end, score } of entities) console.log(type, text, start, end, score.toFixed(2));
for (const { modelId, reason } of degraded) console.error(`${modelId} did not take part: ${reason}`);
