import { Module } from '@nestjs/common';
import { AssignmentsModule } from '../assignments/assignments.module.js';
import { CertificateEventsModule } from '../certificate-events/certificate-events.module.js';
import { RecipientController } from './recipient.controller.js';
import { RecipientStreams } from './recipient-streams.js';
import { RecipientWatch } from './recipient-watch.js';

/** Whom recorders encrypt for, read and followed. */
@Module({
  imports: [AssignmentsModule, CertificateEventsModule],
  controllers: [RecipientController],
  providers: [RecipientStreams, RecipientWatch],
})
export class RecipientsModule {}
