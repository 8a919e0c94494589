import { Module } from '@nestjs/common';
import { MediaIndexModule } from '../media-index/media-index.module.js';
import { RecordingsModule } from '../recordings/recordings.module.js';
import { WorkersModule } from '../workers/workers.module.js';
import { MediaEncryptionController } from './media-encryption.controller.js';
import { MediaEncryptionService } from './media-encryption.service.js';
import { PlaintextComparison } from './plaintext-comparison.js';
import { StoredPlaces } from './stored-places.js';

/** Encryption of recordings that lie plain in a storage. */
@Module({
  imports: [MediaIndexModule, RecordingsModule, WorkersModule],
  controllers: [MediaEncryptionController],
  providers: [MediaEncryptionService, PlaintextComparison, StoredPlaces],
})
export class MediaEncryptionModule {}
