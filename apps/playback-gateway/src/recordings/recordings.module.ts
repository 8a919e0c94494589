import { Module } from '@nestjs/common';
import { AuthorisationModule } from '../authorisation/authorisation.module.js';
import { InteractionReceiversModule } from '../interaction-receivers/interaction-receivers.module.js';
import { HttpModule } from '../http/http.module.js';
import { ListenersModule } from '../listeners/listeners.module.js';
import { MediaIndexModule } from '../media-index/media-index.module.js';
import { SetStoragesModule } from '../settings/set-storages.module.js';
import { VaultsModule } from '../vaults/vaults.module.js';
import { ActiveStorages } from './active-storages.js';
import { InsertedEnvelopes } from './inserted-envelopes.js';
import { InsertionInspection } from './insertion-inspection.js';
import { RecordingController, RecordingInsertionController } from './recording.controller.js';
import { RecordingAnnotations } from './recording-annotations.js';
import { ScreenRecordingUrls } from './screen-recording-urls.js';
import { RecordingInsertionService } from './recording-insertion.service.js';
import { RecordingPrivacy } from './recording-privacy.js';
import { RecordingSearchService } from './recording-search.service.js';
import { SearchIndexing } from './search-indexing.js';

/** The metadata of recordings: inserted by the recording processor, found by and shown to users. */
@Module({
  imports: [
    AuthorisationModule,
    HttpModule,
    InteractionReceiversModule,
    ListenersModule,
    MediaIndexModule,
    SetStoragesModule,
    VaultsModule,
  ],
  controllers: [RecordingController, RecordingInsertionController],
  providers: [
    ActiveStorages,
    InsertedEnvelopes,
    InsertionInspection,
    RecordingAnnotations,
    RecordingPrivacy,
    ScreenRecordingUrls,
    RecordingInsertionService,
    RecordingSearchService,
    SearchIndexing,
  ],
  exports: [InsertedEnvelopes, RecordingInsertionService, RecordingSearchService],
})
export class RecordingsModule {}
