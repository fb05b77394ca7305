/** One event of a stream. */
export interface ServerSentEvent {
  readonly name: string;
  readonly data: string;
}

/**
 * The events in a stream of text, as they come. What is cut off at the end is no event.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function* serverSentEvents(chunks: AsyncIterable<string>): AsyncGenerator<ServerSentEvent, void, undefined> {
  let pending = '';
  for await (const chunk of chunks) {
    pending += chunk;
    // A carriage return at the end may be the first half of a line end.
    const whole = pending.endsWith('\r') ? pending.slice(0, -1) : pending;
    const blocks = whole.replaceAll(/\r\n?/g, '\n').split('\n\n');
    pending = (blocks.pop() ?? '') + pending.slice(whole.length);
    for (const block of blocks) {
      const event = eventOf(block);
      if (event !== undefined) yield event;
    }
  }
}

function eventOf(block: string): ServerSentEvent | undefined {
  const fields = block.split('\n').map((line) => /^(?<field>[^:]*)(?:: ?(?<value>.*))?$/s.exec(line)?.groups ?? {});
  const data = fields.filter(({ field }) => field === 'data').map(({ value = '' }) => value);
  if (data.length === 0) return undefined;
  return { name: fields.findLast(({ field }) => field === 'event')?.['value'] ?? 'message', data: data.join('\n') };
}
