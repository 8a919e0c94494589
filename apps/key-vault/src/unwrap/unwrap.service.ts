import { parseEnvelope, type Envelope, CmsError } from '#cms';
import { envelopeDigest, type GrantVerifier, type PlaybackGrant } from '#contracts';
import { RcsError } from '#platform';
import type { KeyStore, RecipientKey } from '../token/key-store.js';
import type { TransportKeys } from '../transport-keys/transport-keys.js';

export interface UnwrapRequest {
  readonly grant: string;
  readonly envelope: Buffer;
  readonly transportKeyId: string;
  /** Fingerprint of the caller's certificate. */
  readonly caller: string;
  readonly signal: AbortSignal;
}

/** An envelope with more recipients than this is no recording's. */
const maximumEnvelopeBytes = 1024 * 1024;

/**
 * Opens a session key for a worker that shows a grant. The envelope is exactly the one the grant names, the key
 * belongs to the contact center of the grant, and what goes back is readable for that worker process alone.
 */
export class UnwrapService {
  constructor(
    private readonly grants: GrantVerifier,
    private readonly keys: KeyStore,
    private readonly transportKeys: TransportKeys,
  ) {}

  /** @throws RcsError; never one that tells whether the padding inside the token was right. */
  async unwrap(request: UnwrapRequest): Promise<{ jwe: string; certificateAlias: string }> {
    const transportKey = this.transportKeys.get(request.transportKeyId, request.caller);
    const grant = await this.grants.verify(request.grant);
    const envelope = checkedEnvelope(request.envelope, grant);
    const { recipient, key } = await this.findRecipient(envelope, grant, request.signal);
    const sessionKey = await this.keys.unwrapSessionKey(
      key,
      recipient,
      envelope.contentEncryption.keyLength,
      request.signal,
    );
    try {
      return { jwe: await transportKey.wrap(sessionKey), certificateAlias: key.alias };
    } finally {
      sessionKey.fill(0);
    }
  }

  private async findRecipient(
    envelope: Envelope,
    grant: PlaybackGrant,
    signal: AbortSignal,
  ): Promise<{ recipient: Envelope['recipients'][number]; key: RecipientKey }> {
    for (const recipient of envelope.recipients) {
      const key = await this.keys.find(recipient.identifier, signal);
      if (key?.contactCenter === grant.contactCenter) return { recipient, key };
    }
    throw new RcsError(
      'RCS_KEY_NOT_FOUND',
      `recording ${grant.recording}: none of ${envelope.recipients.length} recipients is a key of contact center ${grant.contactCenter}`,
    );
  }
}

function checkedEnvelope(bytes: Buffer, grant: PlaybackGrant): Envelope {
  if (grant.purpose !== 'play') throw new RcsError('RCS_GRANT_REFUSED', `a grant to ${grant.purpose} opens no key`);
  if (bytes.length > maximumEnvelopeBytes) throw new RcsError('RCS_PAYLOAD_TOO_LARGE');
  if (grant.envelopeDigest !== envelopeDigest(bytes)) {
    throw new RcsError(
      'RCS_GRANT_REFUSED',
      `the envelope is not the one that the grant for recording ${grant.recording} names`,
    );
  }
  try {
    return parseEnvelope(bytes);
  } catch (error) {
    if (!(error instanceof CmsError)) throw error;
    throw new RcsError('RCS_ENVELOPE_UNREADABLE', error.message, { cause: error });
  }
}
