/**
 * Asks a server, which must have been told of the page's origin: `el4ner serve --cors http://localhost:3000`.
 * @param {string} server - its address.
 * @param {{ text: string, types: string[], token?: string }} asked - `token`: where the server wants one (EL4NER_TOKEN).
 */
export async function findEntities(server, { text, types, token }) {
  const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
  const body = JSON.stringify({ documents: [{ text }], types });
  const response = await fetch(`${server}/v1/extract`, { method: 'POST', headers, body });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail);
  const [document] = answer.documents;
  if (document.error) throw new Error(document.error.message);
  return document.entities;
}

/** The pieces of a text, those that are entities with their types. Offsets are those of JavaScript. */
export function pieces(text, entities) {
  const found = [];
  let at = 0;
  for (const { start, end, type } of entities) {
    if (start > at) found.push({ text: text.slice(at, start) });
    found.push({ text: text.slice(start, end), type });
    at = end;
  }
  return at < text.length ? [...found, { text: text.slice(at) }] : found;
}
