/** One event of a stream (WHATWG HTML 9.2.6). */
export interface ServerSentEvent {
  readonly name: string;
  readonly id: string;
  readonly data: string;
}

/** More than any list of certificates has. */
const longestEvent = 4 * 1024 * 1024;

/** Events as they come; comments and events without data are passed over. @throws Error for one without an end. */
export async function* serverSentEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let text = '';
  let id = '';
  for await (const chunk of body) {
    text = `${text}${decoder.decode(chunk, { stream: true })}`.replace(/\r\n?/g, '\n');
    if (text.length > longestEvent) throw new Error('the gateway sends an event without an end');
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const fields = part.split('\n').map(fieldOf);
      const valueOf = (name: string): string | undefined => fields.findLast(field => field[0] === name)?.[1];
      id = valueOf('id') ?? id;
      const data = fields.filter(([name]) => name === 'data').map(([, value]) => value);
      if (data.length > 0) yield { name: valueOf('event') ?? 'message', id, data: data.join('\n') };
    }
  }
}

function fieldOf(line: string): readonly [string, string] {
  const colon = line.indexOf(':');
  if (colon < 0) return [line, ''];
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
}
