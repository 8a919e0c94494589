import type { IncomingMessage } from 'node:http';
import { nestsDeeperThan, RcsError } from '#platform';

/** Grants are small; only the content tree of a very long recording comes near this, bytes. */
const maximumBodyBytes = 16 * 1024 * 1024;
/** For all of it to come. */
const bodyTimeoutMs = 30_000;
/** Requests of gateways are flat. */
const deepestNesting = 8;

/** @throws RcsError RCS_PAYLOAD_TOO_LARGE or RCS_INVALID_VALUE. */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  const body = await bodyOf(request);
  const text = body.toString('utf8');
  // It may have had the envelope of a recording in it.
  body.fill(0);
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

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const slow = setTimeout(() => request.destroy(new RcsError('RCS_TIMEOUT', 'a request does not end')), bodyTimeoutMs);
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maximumBodyBytes) throw new RcsError('RCS_PAYLOAD_TOO_LARGE');
      chunks.push(chunk);
    }
    const body = Buffer.concat(chunks, length);
    for (const chunk of chunks) chunk.fill(0);
    return body;
  } finally {
    clearTimeout(slow);
  }
}
