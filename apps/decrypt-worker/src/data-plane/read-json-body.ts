import type { IncomingMessage } from 'node:http';
import { listenTo, nestsDeeperThan, RcsError } from '#platform';

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

function bodyOf(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const slow = setTimeout(
      () => request.destroy(new RcsError('RCS_TIMEOUT', 'a request does not end')),
      bodyTimeoutMs,
    );
    const leave = listenTo(request, {
      onData: chunk => {
        length += chunk.length;
        chunks.push(chunk);
        if (length > maximumBodyBytes) request.destroy(new RcsError('RCS_PAYLOAD_TOO_LARGE'));
      },
      onEnd: () => {
        end();
        const body = Buffer.concat(chunks, length);
        for (const chunk of chunks) chunk.fill(0);
        resolve(body);
      },
      onError: fail,
      onClose: () => fail(new Error('the request was broken off')),
    });
    function end(): void {
      clearTimeout(slow);
      leave();
    }
    function fail(error: Error): void {
      end();
      reject(error);
    }
  });
}
