import { detectLayout, readAttachedEnvelope } from '#cms';
import { envelopeDigest, type DeclaredProtection, type InspectReply, type PlaybackGrant } from '#contracts';
import type { MediaStorages, StoredObject } from '#media-storage';
import { envelopeError } from './cms-errors.js';

export interface InspectionRequest {
  readonly grant: PlaybackGrant;
  readonly declared: DeclaredProtection;
  /** From the metadata. */
  readonly detachedEnvelope: Buffer | undefined;
}

const headBytes = 16 * 1024;

/** Looks at a stored file: is it plain media, CMS with its content inside, or the ciphertext of an envelope kept elsewhere? */
export class LayoutInspector {
  constructor(private readonly storages: MediaStorages) {}

  /** @throws RcsError of the storage, or RCS_ENVELOPE_UNREADABLE. */
  async inspect({ grant, detachedEnvelope }: InspectionRequest, signal: AbortSignal): Promise<InspectReply> {
    const location = this.storages.resolve(grant.location, grant.contactCenter);
    const stored = await this.storages.open(location, { head: headBytes }, signal);
    const state = stateOf(stored);
    if (detachedEnvelope !== undefined) return { layout: 'detached', ...state, ...described(detachedEnvelope) };
    try {
      if ((await detectLayout(stored, signal)) === 'plain') return { layout: 'plain', ...state };
      const { envelopeBytes } = await readAttachedEnvelope(stored, signal);
      return { layout: 'attached', ...state, ...described(envelopeBytes) };
    } catch (error) {
      throw envelopeError(error);
    }
  }
}

/** The stored file as it is pinned. */
export function stateOf({ size, entityTag, lastModified }: StoredObject) {
  return {
    length: size,
    ...(entityTag === undefined ? {} : { entityTag }),
    ...(lastModified === undefined ? {} : { lastModified: lastModified.toISOString() }),
  };
}

const described = (envelope: Buffer) => ({
  envelopeDigest: envelopeDigest(envelope),
  envelope: envelope.toString('base64'),
});
