import type { ConnectionOptions } from 'node:tls';
import { Agent, request } from 'undici';

/** An answer larger than this is none. */
const largestAnswerBytes = 256 * 1024;

/** What jose and openid-client ask a provider with. */
interface ProviderRequest {
  readonly method: string;
  readonly headers: Headers | Record<string, string>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

export type ProviderFetch = (url: string, options: ProviderRequest) => Promise<Response>;

/** Asks an OpenID provider: over TLS with the given trust, in bounded time and size, without redirects. */
export function providerFetcher(
  { timeoutMs }: { readonly timeoutMs: number },
  trust: ConnectionOptions,
): ProviderFetch {
  const dispatcher = new Agent({
    connect: { ...trust, timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxResponseSize: largestAnswerBytes,
  });
  return async (url, { method, headers, body, signal }) => {
    const answer = await request(url, {
      dispatcher,
      method: method,
      headers: { accept: 'application/json', ...Object.fromEntries(new Headers(headers)) },
      ...(body === undefined || body === null ? {} : { body: textOf(body) }),
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])]),
    });
    const text = await answer.body.text();
    const type = [answer.headers['content-type'] ?? []].flat()[0];
    return new Response(text === '' ? null : text, {
      status: answer.statusCode,
      headers: type === undefined ? {} : { 'content-type': type },
    });
  };
}

/** Forms are the only bodies that are sent to a provider. */
function textOf(body: unknown): string {
  if (typeof body === 'string') return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new TypeError('a provider is sent forms alone');
}
