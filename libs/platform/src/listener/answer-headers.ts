import { requestIdHeader } from '../request-id.js';

/** The header fields of every answer: the id of its request, and how a browser must treat it. */
export function securityHeaders(requestId: string, overTls: boolean): Record<string, string> {
  return {
    [requestIdHeader]: requestId,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-site',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cache-control': 'private, no-store',
    // RFC 6797 section 7.2: only over TLS.
    ...(overTls ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
}
