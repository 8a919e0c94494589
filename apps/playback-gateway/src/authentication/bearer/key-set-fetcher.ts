import type { ConnectionOptions } from 'node:tls';
import type { FetchImplementation } from 'jose';
import { Agent, request } from 'undici';

/** A set of keys larger than this is none. */
const largestKeySetBytes = 256 * 1024;

/** Fetches the keys of an OpenID provider: over TLS with the given trust, in bounded time and size, without redirects. */
export function keySetFetcher(
  { timeoutMs }: { readonly timeoutMs: number },
  trust: ConnectionOptions,
): FetchImplementation {
  const dispatcher = new Agent({
    connect: { ...trust, timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxResponseSize: largestKeySetBytes,
  });
  return async (url, { signal }) => {
    const answer = await request(url, { dispatcher, signal, headers: { accept: 'application/json' } });
    return new Response(await answer.body.text(), { status: answer.statusCode });
  };
}
