import type { HandedStorage } from '#contracts';
import type { PlaybackGrant, StorageProbeGrant } from '#grants';
import type { MediaStorages, SetPlace, SettableStorages, StorageFindings } from '#media-storage';
import { RcsError } from '#platform';

/** The storages that grants speak of: those of the configuration, and those that contact centers set for themselves. */
export class GrantedStorages {
  constructor(
    private readonly configured: MediaStorages,
    private readonly settable: SettableStorages,
  ) {}

  /**
   * Where the media of a grant lies.
   * @param handed the storage that the gateway sent with the grant, if the grant names one.
   * @throws RcsError RCS_MEDIA_LOCATION_REFUSED, RCS_GRANT_REFUSED where another storage came than the grant names.
   */
  locate({ location, contactCenter, storage }: PlaybackGrant, handed: HandedStorage | undefined): SetPlace {
    if (storage?.url !== handed?.url)
      throw new RcsError('RCS_GRANT_REFUSED', 'another storage was sent than the grant names');
    if (handed !== undefined) return this.settable.resolve(location, contactCenter, handed);
    return { storages: this.configured, location: this.configured.resolve(location, contactCenter) };
  }

  /** Whether the storage of a grant can be read from. @throws RcsError as `locate` */
  async probe(
    { kind, url, version, contactCenter }: StorageProbeGrant,
    handed: HandedStorage | undefined,
    signal: AbortSignal,
  ): Promise<StorageFindings> {
    if ((version === undefined ? undefined : url) !== handed?.url)
      throw new RcsError('RCS_GRANT_REFUSED', 'another storage was sent than the grant names');
    return handed === undefined
      ? this.configured.probe({ kind, url }, contactCenter, signal)
      : this.settable.probe(handed, contactCenter, signal);
  }
}
