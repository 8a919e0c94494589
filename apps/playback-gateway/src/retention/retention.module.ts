import { Module } from '@nestjs/common';
import { RemovalModule } from '../removal/removal.module.js';
import { ExpiredRecordings } from './expired-recordings.js';
import { RetentionController } from './retention.controller.js';
import { RetentionRunner } from './retention-runner.js';

/** How long recordings are kept. */
@Module({
  imports: [RemovalModule],
  controllers: [RetentionController],
  providers: [ExpiredRecordings, RetentionRunner],
})
export class RetentionModule {}
