import type { Readable } from 'node:stream';
import { RcsError } from '#platform';

/**
 * A whole body in memory. Where it is too large the stream stays open: whoever answers decides what becomes of the rest.
 * @throws RcsError RCS_PAYLOAD_TOO_LARGE; RCS_INVALID_VALUE for a body that its sender broke off, which is no fault of ours.
 */
export async function readAtMost(stream: Readable, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > limit) throw new RcsError('RCS_PAYLOAD_TOO_LARGE', `more than ${limit} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof RcsError) throw error;
    throw new RcsError('RCS_INVALID_VALUE', 'the body broke off', { cause: error, publicDetail: 'the body broke off' });
  }
  return Buffer.concat(chunks);
}
