import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { AuthorisationModule } from '../authorisation/authorisation.module.js';
import { GrantsModule } from '../grants/grants.module.js';
import { ListenersModule } from '../listeners/listeners.module.js';
import { MediaIndexModule } from '../media-index/media-index.module.js';
import { ThrottlingModule } from '../throttling/throttling.module.js';
import { TicketsModule } from '../tickets/tickets.module.js';
import { WorkersModule } from '../workers/workers.module.js';
import { ContentTrees } from './content-trees.js';
import { EnvelopeLocator } from './envelope-locator.js';
import { FinishedPlaybacks } from './finished-playbacks.js';
import { MediaRelay } from './media-relay.js';
import { PlaybackAdmission } from './playback-admission.js';
import { PlaybackAudit } from './playback-audit.js';
import { PlaybackController } from './playback.controller.js';
import { PlaybackService } from './playback.service.js';

/** A playback: permission, audit, grant, and the bytes that a worker decrypts. */
@Module({
  imports: [
    AccessModule,
    AuthorisationModule,
    GrantsModule,
    ListenersModule,
    MediaIndexModule,
    ThrottlingModule,
    TicketsModule,
    WorkersModule,
  ],
  controllers: [PlaybackController],
  providers: [
    PlaybackAdmission,
    PlaybackAudit,
    PlaybackService,
    ContentTrees,
    EnvelopeLocator,
    MediaRelay,
    FinishedPlaybacks,
  ],
  exports: [EnvelopeLocator, PlaybackAdmission, PlaybackService],
})
export class PlaybackModule {}
