import { Module } from '@nestjs/common';
import { MediaStorages, SettableStorages } from '#media-storage';
import { CONFIGURATION } from '../dependencies/injection-tokens.js';
import { mediaStorages, settableStorages } from './media-locations.js';
import { SetStorages } from './set-storages.service.js';
import { StorageSeals } from './storage-seals.js';

/** Where media lies: in storages of the configuration, and in those that contact centers set. */
@Module({
  providers: [
    { provide: MediaStorages, useFactory: mediaStorages, inject: [CONFIGURATION] },
    { provide: SettableStorages, useFactory: settableStorages, inject: [CONFIGURATION] },
    StorageSeals,
    SetStorages,
  ],
  exports: [MediaStorages, SetStorages],
})
export class SetStoragesModule {}
