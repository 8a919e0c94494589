import { Inject, Injectable } from '@nestjs/common';
import { RcsError } from '#platform';
import type { MediaEncryptionStore, MediaFile, NamedMedia, RecordingStore } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { LocationClaims } from '../media-index/location-claims.js';

/**
 * `plain`: a recording's, and nothing says that it is encrypted. `encrypted`: a recording's. `unnamed`: no recording of the
 * contact center names it. `going`: it is about to be removed. `refused`: it is in no storage of the contact center.
 */
export interface StoredPlace {
  readonly path: string;
  readonly state: 'plain' | 'encrypted' | 'unnamed' | 'going' | 'refused';
  /** Who names it. */
  readonly media?: readonly (NamedMedia & { readonly path: string })[];
}

/** Which recordings of a contact center name a stored file. */
@Injectable()
export class StoredPlaces {
  constructor(
    @Inject(storeTokens.recordings) private readonly recordings: Pick<RecordingStore, 'find' | 'findPin'>,
    @Inject(storeTokens.mediaEncryptions) private readonly encryptions: MediaEncryptionStore,
    private readonly claims: LocationClaims,
  ) {}

  /** @throws RcsError RCS_OVERLOADED while it is still being found out which recordings name which places. */
  async of(paths: readonly string[], contactCenter: string): Promise<readonly StoredPlace[]> {
    await this.requireClaims();
    return Promise.all(paths.map(path => this.placeOf(path, contactCenter)));
  }

  /** @throws RcsError RCS_OVERLOADED likewise: who else names a file decides whether it may go. */
  async requireClaims(): Promise<void> {
    if (await this.claims.areAllClaimed()) return;
    const message = 'it is still being found out which recordings name which places';
    throw new RcsError('RCS_OVERLOADED', message, { retryAfterMs: 5000 });
  }

  private async placeOf(path: string, contactCenter: string): Promise<StoredPlace> {
    let location: string;
    try {
      location = await this.claims.placeOf({ storage: 'webDAV', path }, contactCenter);
    } catch (error) {
      if (error instanceof RcsError && error.code === 'RCS_MEDIA_LOCATION_REFUSED') return { path, state: 'refused' };
      throw error;
    }
    const named = await this.encryptions.namedBy(location);
    const files = (await Promise.all(named.map(one => this.fileOf(one, contactCenter)))).flatMap(one => one ?? []);
    if (files.length === 0) {
      return { path, state: (await this.encryptions.isBeingRemoved(location, contactCenter)) ? 'going' : 'unnamed' };
    }
    const plain = files.filter(({ isPlain }) => isPlain);
    const media = plain.map(({ recordingId, file }) => ({
      recordingId,
      mediaId: file.mediaId,
      path: file.mediaDescriptor.path,
    }));
    return plain.length === 0 ? { path, state: 'encrypted' } : { path, state: 'plain', media };
  }

  private async fileOf({ recordingId, mediaId }: NamedMedia, contactCenter: string) {
    const recording = await this.recordings.find(recordingId);
    const file = recording?.mediaFiles.find(one => one.mediaId === mediaId);
    if (recording?.contactCenter !== contactCenter || file === undefined) return undefined;
    const pin = await this.recordings.findPin(recordingId, mediaId);
    return { recordingId, file, isPlain: saysNothingOfEncryption(file) && (pin?.layout ?? 'plain') === 'plain' };
  }
}

/** Plain as far as the metadata goes. */
export const saysNothingOfEncryption = ({ pkcs7, certAlias }: MediaFile): boolean =>
  pkcs7 === undefined && certAlias === undefined;
