import { readAttachedEnvelope, type EnvelopeTolerance } from '#cms';
import { archiveRewrapRequestSchema, type ArchiveRewrapReply } from '#contracts';
import type { GrantVerifier } from '#grants';
import type { SessionKeyClient } from '#key-vault-client';
import { deadlineSignal, RcsError } from '#platform';
import { envelopeError } from '../media-session/cms-errors.js';
import type { MediaOpener, OpenRequest } from '../media-session/media-opener.js';
import { proveMedia } from '../media-session/media-proof.js';
import type { PinnedStorage } from '../media-session/pinned-storage.js';
import type { Exchange } from './data-plane-exchange.js';

/** The vault takes no grant that is older than a minute. */
const deadlineMs = 50_000;
/** An envelope of a few recipients fits; larger heads are read on. */
const headBytes = 16 * 1024;

/** What the handler is made of. */
export interface ArchiveRewrapParts {
  readonly grants: Pick<GrantVerifier, 'verify'>;
  readonly opener: Pick<MediaOpener, 'needsTree' | 'open'>;
  readonly storage: Pick<PinnedStorage, 'locate'>;
  readonly vaults: Pick<SessionKeyClient, 'rewrapForArchive'>;
  readonly vaultTimeoutMs: number;
  readonly tolerance: EnvelopeTolerance;
}

/**
 * Has the session key of a recording encrypted for the recipient of an archive. The media is opened first: so the vault is
 * told which key is the right one, and nothing goes into an archive for others that does not open here.
 */
export class ArchiveRewrapHandler {
  constructor(private readonly parts: ArchiveRewrapParts) {}

  /** @throws RcsError for everything that a player would hear, and what the vault says of the recipient. */
  async handle(body: unknown, { requestId, response, signal: gone }: Exchange): Promise<void> {
    const parsed = archiveRewrapRequestSchema.safeParse(body);
    if (!parsed.success)
      throw new RcsError(
        'RCS_INVALID_VALUE',
        `archive rewrap request: ${parsed.error.issues[0]?.path.join('.') ?? ''}`,
      );
    const { grant: signedGrant, rewrapGrant, storage, envelope, contentTree, recipient } = parsed.data;
    const { grants, opener, vaults, vaultTimeoutMs } = this.parts;
    const grant = grants.verify(signedGrant);
    if (grant.purpose !== 'play') throw new RcsError('RCS_GRANT_REFUSED', `a grant to ${grant.purpose} opens no media`);
    if (contentTree === undefined && opener.needsTree(grant)) throw new RcsError('RCS_CONTENT_TREE_NEEDED');
    const signal = deadlineSignal(deadlineMs, gone);
    const request: OpenRequest = {
      grant,
      signedGrant,
      storage,
      requestId,
      detachedEnvelope: decoded(envelope),
      leaves: decoded(contentTree),
    };
    const { openedBy } = await proveMedia(opener, request, signal);
    if (openedBy === undefined) throw new RcsError('RCS_INVALID_VALUE', 'plain media has no session key');
    const recipientInfo = await vaults.rewrapForArchive({
      grant: rewrapGrant,
      envelope: request.detachedEnvelope ?? (await this.envelopeAtHead(request, signal)),
      certificate: recipient,
      keyIdentifier: openedBy.keyIdentifier,
      requestId,
      timeoutMs: vaultTimeoutMs,
      signal,
    });
    const reply: ArchiveRewrapReply = { recipientInfo: recipientInfo.toString('base64') };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(reply));
  }

  /** Of an attached file, as its grant has the digest of it. */
  private async envelopeAtHead({ grant, leaves, storage }: OpenRequest, signal: AbortSignal): Promise<Buffer> {
    const content = await this.parts.storage.locate(grant, leaves, storage).open({ head: headBytes }, signal);
    try {
      const { envelopeBytes } = await readAttachedEnvelope(content.source, signal, this.parts.tolerance);
      content.opened();
      return envelopeBytes;
    } catch (error) {
      throw envelopeError(error);
    }
  }
}

const decoded = (base64: string | undefined): Buffer | undefined =>
  base64 === undefined ? undefined : Buffer.from(base64, 'base64');
