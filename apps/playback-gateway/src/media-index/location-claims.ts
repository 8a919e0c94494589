import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { MediaStorages } from '#media-storage';
import { RcsError, type Logger } from '#platform';
import type { ClaimedLocation, LocationClaim, MediaFile, MediaIndexStore, Recording } from '#store';
import { LOGGER, storeTokens } from '../dependencies/injection-tokens.js';
import { SetStorages } from '../settings/set-storages.service.js';

const pageSize = 200;

/**
 * A place that a recording of one contact center names is nobody else's, whatever the configuration says of owners. The
 * claims of recordings that were there before are made once for every set of storages, since these decide which places
 * two paths mean.
 */
@Injectable()
export class LocationClaims {
  constructor(
    @Inject(storeTokens.mediaIndex) private readonly index: MediaIndexStore,
    private readonly storages: MediaStorages,
    @Inject(SetStorages) private readonly setStorages: Pick<SetStorages, 'find'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The places of media files in the form that claims compare. @throws RcsError RCS_MEDIA_LOCATION_REFUSED */
  async of(mediaFiles: readonly MediaFile[], contactCenter: string): Promise<ClaimedLocation[]> {
    return Promise.all(
      mediaFiles.map(async ({ mediaId, mediaDescriptor }) => ({
        mediaId,
        location: await this.placeOf(mediaDescriptor, contactCenter),
      })),
    );
  }

  /** The place of one media file. @throws RcsError RCS_MEDIA_LOCATION_REFUSED where it lies in no storage. */
  async placeOf(descriptor: MediaFile['mediaDescriptor'], contactCenter: string): Promise<string> {
    const set = await this.setStorages.find(descriptor, contactCenter);
    if (set !== undefined) return set.place;
    return this.storages.placeOf(this.storages.resolve(descriptor, contactCenter));
  }

  /** The places of those media files that lie in a storage. */
  async placesOf(recording: Recording): Promise<ClaimedLocation[]> {
    return (await this.claimsOf(recording)).map(({ mediaId, location }) => ({ mediaId, location }));
  }

  /** Claims the places of all recordings, in the order in which they were inserted, unless that was done. */
  async claimAll(signal: AbortSignal): Promise<void> {
    const { setOfStorages: storages } = this;
    if (await this.areAllClaimed()) return;
    let position = 0;
    while (!signal.aborted) {
      const page = await this.index.recordingsAfter(position, pageSize);
      const claims = (await Promise.all(page.map(({ recording }) => this.claimsOf(recording)))).flat();
      this.warnOf(await this.index.claimLocations(claims));
      position = page.at(-1)?.position ?? position;
      if (page.length < pageSize) return this.index.noteLocationsClaimed(storages);
    }
  }

  /** Whether it is known of every place which recordings name it. */
  areAllClaimed(): Promise<boolean> {
    return this.index.locationsClaimed(this.setOfStorages);
  }

  /** For a recording that a gateway of an earlier version inserted meanwhile. */
  async claim(recording: Recording): Promise<void> {
    this.warnOf(await this.index.claimLocations(await this.claimsOf(recording)));
  }

  /** With the mark of claims that say which recording makes them. */
  private get setOfStorages(): string {
    return createHash('sha256')
      .update(['by recording', ...this.storages.places].join('\n'))
      .digest('hex');
  }

  private async claimsOf({ id: recordingId, contactCenter, mediaFiles }: Recording): Promise<LocationClaim[]> {
    const claims = mediaFiles.map(async mediaFile => {
      try {
        const places = await this.of([mediaFile], contactCenter);
        return places.map(place => ({ contactCenter, recordingId, ...place }));
      } catch (error) {
        // It lies in no storage of today's, so there is no place to claim.
        if (error instanceof RcsError && error.code === 'RCS_MEDIA_LOCATION_REFUSED') return [];
        throw error;
      }
    });
    return (await Promise.all(claims)).flat();
  }

  private warnOf(lost: readonly LocationClaim[]): void {
    for (const { contactCenter, location } of lost) {
      this.logger.warn(
        { contactCenter, location },
        'a recording names a place that a recording of another contact center named first; find out who inserted it',
      );
    }
  }
}
