import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

// What follows is how to start the server, as in mcp.json; the default is the one of this repository.
const [command = 'npx', ...args] = process.argv.length > 2 ? process.argv.slice(2) : ['npx', 'el4ner', 'mcp'];
const client = new Client({ name: 'example', version: '1.0.0' });
await client.connect(new StdioClientTransport({ command, args }));

const text = 'Mira Holm met Ole Brandt in Lund.';
const labelled = [
  { start: 0, end: 8, type: 'person' },
  { start: 18, end: 23, type: 'city' },
];
const pool = [{ text: 'Eva Lind moved to Turin.', entities: labelled }];

/** Calls a tool; what it says is for people, `structuredContent` for programs. */
async function call(name, input) {
  const { content, structuredContent, isError } = await client.callTool({ name, arguments: input });
  const said = content.map((block) => block.text).join('\n');
  if (isError) throw new Error(said);
  console.log(said);
  return structuredContent;
}

const { entities } = await call('extract', { text, types: ['person', { name: 'city', definition: 'A town or city.' }], pool });
await call('explain', { text, types: ['person', 'city'], pool, mention: 'Lund' });
const predicted = entities.map(({ start, end, type }) => ({ start, end, type }));
await call('score', { documents: [{ gold: [{ start: 0, end: 9, type: 'person' }], predicted }] });
await client.close();
