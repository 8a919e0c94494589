import { proveRequestSchema, type ProveReply } from '#contracts';
import type { GrantVerifier } from '#grants';
import { deadlineSignal, RcsError } from '#platform';
import { contentError, isUneven } from '../media-session/cms-errors.js';
import type { MediaOpener, OpenRequest } from '../media-session/media-opener.js';
import type { Exchange } from './media.handler.js';

/** What is read of the end: with its last block goes the padding, or the tag, and with the last leaf the content root. */
const provedBytes = 64 * 1024;
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
    let reply: ProveReply;
    try {
      reply = await this.prove(request, signal);
    } catch (error) {
      if (!isUneven(error)) throw contentError(error);
      reply = await this.prove({ ...request, scanSegments: true }, signal);
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(reply));
  }

  /** Never by media that is open already: what a cache holds proves nothing of the key and the storage. */
  private async prove(request: OpenRequest, signal: AbortSignal): Promise<ProveReply> {
    const media = await this.opener.open(request, signal);
    const { length, certificateAlias } = media;
    try {
      if (length > 0) {
        const end = media.stream(Math.max(0, length - provedBytes), length, signal) as AsyncIterable<Buffer>;
        for await (const plaintext of end) plaintext.fill(0);
      }
      return { length, ...(certificateAlias === undefined ? {} : { certificateAlias }) };
    } finally {
      media.close();
    }
  }
}

const decoded = (base64: string | undefined): Buffer | undefined =>
  base64 === undefined ? undefined : Buffer.from(base64, 'base64');
