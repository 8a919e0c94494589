import { detectLayout, readAttachedEnvelope } from '#cms';
import { envelopeDigest, type InspectReply, type PlaybackGrant } from '#contracts';
import type { MediaStorages } from '#media-storage';
import { envelopeError } from './cms-errors.js';

const headBytes = 16 * 1024;

/** Looks at the head of a stored file that came without an envelope: is it plain media, or CMS with its content inside? */
export class LayoutInspector {
  constructor(private readonly storages: MediaStorages) {}

  /** @throws RcsError of the storage, or RCS_ENVELOPE_UNREADABLE. */
  async inspect(grant: PlaybackGrant, signal: AbortSignal): Promise<InspectReply> {
    const stored = await this.storages.open(this.storages.resolve(grant.location), { head: headBytes }, signal);
    try {
      if ((await detectLayout(stored, signal)) === 'plain') return { layout: 'plain' };
      const { envelopeBytes } = await readAttachedEnvelope(stored, signal);
      return { layout: 'attached', envelopeDigest: envelopeDigest(envelopeBytes) };
    } catch (error) {
      throw envelopeError(error);
    }
  }
}
