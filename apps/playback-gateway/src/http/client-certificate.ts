import { TLSSocket } from 'node:tls';
import type { FastifyRequest } from 'fastify';

/**
 * SHA-256 of the certificate whose key the client of this connection proved to have, lower case hexadecimal; undefined
 * for none. Nobody vouches for it: it counts only where its digest is configured.
 */
export function clientCertificateOf({ raw: { socket } }: Pick<FastifyRequest, 'raw'>): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  return socket.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '').toLowerCase();
}
