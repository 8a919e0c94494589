import { Inject, Injectable } from '@nestjs/common';
import { RcsError } from '#platform';
import type { MediaIndexStore, Recording, Setting } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { SetStorages, storagesOf } from './set-storages.service.js';

const pageSize = 500;
/** An administrator waits for the answer. */
const longestMs = 10_000;

/** Counts what plays no more when a storage is taken back, or another is set in its place. */
@Injectable()
export class RecordingsInStorages {
  constructor(
    @Inject(storeTokens.mediaIndex) private readonly index: Pick<MediaIndexStore, 'recordingsAfter'>,
    @Inject(SetStorages) private readonly storages: Pick<SetStorages, 'isWithin'>,
  ) {}

  /**
   * For a change of what a contact center has set.
   * @param confirmed what somebody who was refused has said
   * @throws RcsError RCS_CONFIRMATION_REQUIRED with how many recordings lie in storages that go with it.
   */
  async confirm(
    contactCenter: string,
    { before, after }: { readonly before: readonly Setting[]; readonly after: readonly Setting[] },
    confirmed: string | undefined,
  ): Promise<void> {
    const kept = new Set(after.flatMap(storagesOf).map(({ url }) => url));
    const leaving = before.flatMap(storagesOf).flatMap(({ url }) => (kept.has(url) ? [] : [url]));
    if (leaving.length === 0) return;
    const { count, more } = await this.count(contactCenter, leaving);
    const expected = `${count}${more ? '+' : ''}`;
    if (expected === '0' || confirmed === expected) return;
    throw new RcsError('RCS_CONFIRMATION_REQUIRED', undefined, {
      publicDetail: `${count} recordings${more ? ' and perhaps more' : ''} in ${leaving.join(', ')} do not play until it is set again: say so with "confirm": "${expected}"`,
    });
  }

  /** All with a media file in one of these storages, or as many as the time is enough for. */
  private async count(contactCenter: string, urls: readonly string[]) {
    const lies = ({ mediaFiles }: Recording): boolean =>
      mediaFiles.some(file => urls.some(url => this.storages.isWithin(file.mediaDescriptor, contactCenter, url)));
    let [count, position] = [0, 0];
    for (const end = performance.now() + longestMs; ;) {
      const page = await this.index.recordingsAfter(position, pageSize);
      count += page.filter(({ recording }) => recording.contactCenter === contactCenter && lies(recording)).length;
      position = page.at(-1)?.position ?? position;
      if (page.length < pageSize) return { count, more: false };
      if (performance.now() > end) return { count, more: true };
    }
  }
}
