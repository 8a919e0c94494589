import { Inject, Injectable } from '@nestjs/common';
import { RcsError } from '#platform';
import type { Recording } from '#store';
import { SetStorages } from '../settings/set-storages.service.js';

/** Storages that a contact center has set inactive take nothing new; what lies there is read on. */
@Injectable()
export class ActiveStorages {
  constructor(@Inject(SetStorages) private readonly storages: Pick<SetStorages, 'find'>) {}

  /** @throws RcsError RCS_STORAGE_INACTIVE, with the media file that lies in such a storage. */
  async check({ mediaFiles, contactCenter }: Recording): Promise<void> {
    for (const [index, { mediaDescriptor }] of mediaFiles.entries()) {
      const found = await this.storages.find(mediaDescriptor, contactCenter);
      if (found === undefined || found.isActive) continue;
      throw new RcsError('RCS_STORAGE_INACTIVE', undefined, {
        publicDetail: `mediaFiles.${index}.mediaDescriptor: the storage ${found.handed.url} is not active`,
      });
    }
  }
}
