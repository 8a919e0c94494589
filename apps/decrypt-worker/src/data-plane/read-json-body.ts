import type { IncomingMessage } from 'node:http';
import { nestsDeeperThan, RcsError } from '#platform';

/** Grants are small; only the content tree of a very long recording comes near this, bytes. */
const maximumBodyBytes = 16 * 1024 * 1024;
/** Requests of gateways are flat. */
const deepestNesting = 8;

/** @throws RcsError RCS_PAYLOAD_TOO_LARGE or RCS_INVALID_VALUE. */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maximumBodyBytes) throw new RcsError('RCS_PAYLOAD_TOO_LARGE');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks, length).toString('utf8');
  if (nestsDeeperThan(deepestNesting, text)) throw new RcsError('RCS_INVALID_VALUE', 'the body is nested too deeply');
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new RcsError('RCS_INVALID_VALUE', 'the body is not JSON', {
      publicDetail: 'the body is not JSON',
      cause: error,
    });
  }
}
