import { CmsError, parseDetachedEnvelope, type DetachedEnvelope } from '#cms';
import { envelopeDigest } from '#contracts';
import { RcsError, type ServiceRole } from '#platform';
import type { KeyStore, RecipientKey } from '../token/key-store.js';
import type { TransportKeys } from '../transport-keys/transport-keys.js';
import type { UnwrapAuthority, UnwrapPermit } from './unwrap-authority.js';

export interface UnwrapRequest {
  readonly grant: string;
  readonly envelope: Buffer;
  readonly transportKeyId: string;
  /** Fingerprint of the caller's certificate. */
  readonly caller: string;
  readonly callerRole: ServiceRole | undefined;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

/** An envelope with more recipients than this is no recording's. */
const maximumEnvelopeBytes = 1024 * 1024;

/**
 * Opens a session key for a worker that shows a gateway's grant, or for the command line that shows an operator's. The
 * envelope is exactly the one the grant names, the key belongs to the contact center of the grant, and what goes back is
 * readable for that process alone.
 */
export class UnwrapService {
  constructor(
    private readonly playback: UnwrapAuthority,
    private readonly operators: UnwrapAuthority,
    private readonly keys: KeyStore,
    private readonly transportKeys: TransportKeys,
  ) {}

  /** @throws RcsError; never one that tells whether the padding inside the token was right. */
  async unwrap(request: UnwrapRequest): Promise<{ jwe: string; certificateAlias: string }> {
    const { requestId, signal } = request;
    const transportKey = this.transportKeys.get(request.transportKeyId, request.caller);
    const authority = request.callerRole === 'rcsctl' ? this.operators : this.playback;
    const permit = await authority.permit(request.grant, requestId);
    const { envelope, recipient, key } = await this.chooseRecipient(request.envelope, permit, signal);
    await permit.opening?.(key);
    const sessionKey = await this.keys.unwrapSessionKey(key, recipient, envelope.contentEncryption.keyLength, signal);
    try {
      return { jwe: await transportKey.wrap(sessionKey), certificateAlias: key.alias };
    } finally {
      sessionKey.fill(0);
    }
  }

  private async chooseRecipient(bytes: Buffer, permit: UnwrapPermit, signal: AbortSignal) {
    try {
      const envelope = checkedEnvelope(bytes, permit);
      return { envelope, ...(await this.findRecipient(envelope, permit, signal)) };
    } catch (error) {
      await permit.refused?.(error);
      throw error;
    }
  }

  private async findRecipient(
    envelope: DetachedEnvelope,
    { contactCenter, subject }: UnwrapPermit,
    signal: AbortSignal,
  ): Promise<{ recipient: DetachedEnvelope['recipients'][number]; key: RecipientKey }> {
    for (const recipient of envelope.recipients) {
      const { identifier } = recipient;
      const key =
        identifier.type === 'key-name'
          ? await this.keys.findNamed(identifier.keyName, contactCenter, signal)
          : await this.keys.find(identifier, signal);
      if (key !== undefined && (contactCenter === undefined || key.contactCenter === contactCenter)) {
        return { recipient, key };
      }
    }
    const whose = contactCenter === undefined ? 'in the token' : `of contact center ${contactCenter}`;
    throw new RcsError(
      'RCS_KEY_NOT_FOUND',
      `${subject}: none of ${envelope.recipients.length} recipients is a key ${whose}`,
    );
  }
}

function checkedEnvelope(bytes: Buffer, permit: UnwrapPermit): DetachedEnvelope {
  if (bytes.length > maximumEnvelopeBytes) throw new RcsError('RCS_PAYLOAD_TOO_LARGE');
  if (permit.envelopeDigest !== envelopeDigest(bytes)) {
    throw new RcsError('RCS_GRANT_REFUSED', `the envelope is not the one that the grant for ${permit.subject} names`);
  }
  try {
    return parseDetachedEnvelope(bytes);
  } catch (error) {
    if (!(error instanceof CmsError)) throw error;
    throw new RcsError('RCS_ENVELOPE_UNREADABLE', error.message, { cause: error });
  }
}
