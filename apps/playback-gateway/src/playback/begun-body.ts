import { certificateAliasHeader, representationLengthHeader } from '#contracts';
import { RcsError } from '#platform';
import { giveUpBody } from '../workers/give-up-body.js';
import { bodyLengthOf, type WorkerAnswer } from '../workers/worker-answer.js';

/** How a body began; every later part must continue exactly this, whichever worker sends it. */
export interface BegunBody {
  readonly status: number;
  readonly entityTag: string;
  /** Of the whole body, in bytes. */
  readonly length: number;
  readonly certificateAlias: string | undefined;
}

/** Header fields of a worker's answer that players get to see. */
const relayedHeaders = ['content-type', 'content-length', 'content-range', 'accept-ranges', 'etag', 'last-modified'];

/** What a worker's first answer says to the player: of the whole body, of which it may have the first part alone. */
export function playerHeaders({ headers }: WorkerAnswer): Record<string, string> {
  const length = headers[representationLengthHeader];
  const relayed = relayedHeaders.flatMap(name => {
    const value = headers[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(relayed), ...(length === undefined ? {} : { 'content-length': length }) };
}

/** What a worker's first answer says to those that go on with it. */
export function bodyBegunBy({ status, headers }: WorkerAnswer, method: 'GET' | 'HEAD'): BegunBody {
  const alias = headers[certificateAliasHeader];
  const length = Number(headers[representationLengthHeader] ?? headers['content-length'] ?? 0);
  return {
    status,
    entityTag: headers.etag ?? '',
    length: method === 'HEAD' ? 0 : length,
    certificateAlias: alias === undefined ? undefined : decodeURIComponent(alias),
  };
}

/**
 * @param sent bytes of the body that the player was sent before
 * @throws RcsError RCS_STORAGE_CHANGED when the answer is anything but the next part of the body that has begun; it is given
 * up then.
 */
export function checkContinuation(answer: WorkerAnswer, begun: BegunBody, sent: number): void {
  const { status, headers } = answer;
  const length = bodyLengthOf(answer);
  const bodyLength = Number(headers[representationLengthHeader] ?? sent + length);
  const isNext = sent + length <= begun.length && (length > 0 || sent === begun.length);
  if (status === begun.status && headers.etag === begun.entityTag && bodyLength === begun.length && isNext) return;
  giveUpBody(answer.body, length);
  throw new RcsError('RCS_STORAGE_CHANGED', `a worker continues with ${status} ${headers.etag ?? ''} ${length}`);
}
