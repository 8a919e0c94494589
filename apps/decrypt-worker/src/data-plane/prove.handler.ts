import { proveRequestSchema, type ProveReply } from '#contracts';
import type { GrantVerifier } from '#grants';
import { deadlineSignal, RcsError } from '#platform';
import type { MediaOpener } from '../media-session/media-opener.js';
import { proveMedia } from '../media-session/media-proof.js';
import type { Exchange } from './data-plane-exchange.js';

const deadlineMs = 60_000;

/** Opens media as a playback does that nobody has opened before, and answers that it opens. */
export class ProveHandler {
  constructor(
    private readonly grants: Pick<GrantVerifier, 'verify'>,
    private readonly opener: Pick<MediaOpener, 'needsTree' | 'open'>,
  ) {}

  /** @throws RcsError for everything that a player would hear. */
  async handle(body: unknown, exchange: Exchange): Promise<void> {
    const parsed = proveRequestSchema.safeParse(body);
    if (!parsed.success)
      throw new RcsError('RCS_INVALID_VALUE', `prove request: ${parsed.error.issues[0]?.path.join('.') ?? ''}`);
    const { grant: signedGrant, storage, envelope, contentTree } = parsed.data;
    const grant = this.grants.verify(signedGrant);
    if (grant.purpose !== 'play') throw new RcsError('RCS_GRANT_REFUSED', `a grant to ${grant.purpose} opens no media`);
    if (contentTree === undefined && this.opener.needsTree(grant)) throw new RcsError('RCS_CONTENT_TREE_NEEDED');
    const signal = deadlineSignal(deadlineMs, exchange.signal);
    const { requestId, response } = exchange;
    const request = {
      grant,
      signedGrant,
      storage,
      requestId,
      detachedEnvelope: decoded(envelope),
      leaves: decoded(contentTree),
    };
    const { length, certificateAlias } = await proveMedia(this.opener, request, signal);
    const reply: ProveReply = { length, ...(certificateAlias === undefined ? {} : { certificateAlias }) };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(reply));
  }
}

const decoded = (base64: string | undefined): Buffer | undefined =>
  base64 === undefined ? undefined : Buffer.from(base64, 'base64');
