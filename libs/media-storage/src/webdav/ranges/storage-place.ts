import { connect } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { addressOf, madeReady, overTls, type AnswerPlace } from '#http-answers';

/**
 * A way to a storage.
 * @param tls whom to trust, and what to show, where it is `https`
 */
export function storagePlace(url: URL, tls: ConnectionOptions): AnswerPlace {
  if (url.protocol === 'https:') return overTls(url, tls);
  const place = { host: addressOf(url), port: Number(url.port || 80) };
  return { host: url.host, standsAt: 'connect', connect: onread => madeReady(connect({ ...place, onread })) };
}
