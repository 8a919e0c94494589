import { Global, Module } from '@nestjs/common';
import { RECORDING_SOURCE } from '../authorisation/known-recordings.js';
import { RecordingsModule } from '../recordings/recordings.module.js';
import { RemoteRecordings } from './remote-recordings.js';

/** Where recordings come from that nobody inserted here; who looks recordings up stands below, and knows it by its token. */
@Global()
@Module({
  imports: [RecordingsModule],
  providers: [RemoteRecordings, { provide: RECORDING_SOURCE, useExisting: RemoteRecordings }],
  exports: [RECORDING_SOURCE],
})
export class RecordingSourceModule {}
