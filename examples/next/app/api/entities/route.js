import { createRecognizer, NerError } from 'el4ner';

// Opened by the first request, and shared by all of this process.
let opening;
function recognizer() {
  opening ??= createRecognizer({ types: ['person', 'organization', 'location'] }).catch((error) => {
    opening = undefined;
    throw error;
  });
  return opening;
}

/** `POST /api/entities` with `{"text": …}`. */
export async function POST(request) {
  const body = await request.json().catch(() => undefined);
  if (typeof body?.text !== 'string') return Response.json({ error: 'Expected {"text": …}.' }, { status: 400 });
  try {
    const { entities, degraded } = await (await recognizer()).recognize(body.text, { signal: request.signal });
    return Response.json({ entities, degraded });
  } catch (error) {
    if (!(error instanceof NerError)) throw error;
    return Response.json({ error: error.message, code: error.detail.code }, { status: 502 });
  }
}
