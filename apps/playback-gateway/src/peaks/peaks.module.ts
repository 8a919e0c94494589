import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { GrantsModule } from '../grants/grants.module.js';
import { MediaIndexModule } from '../media-index/media-index.module.js';
import { PlaybackModule } from '../playback/playback.module.js';
import { WorkersModule } from '../workers/workers.module.js';
import { MadePeaksService } from './made-peaks.service.js';
import { PeaksController } from './peaks.controller.js';

/** Wave forms of media files. */
@Module({
  imports: [AccessModule, GrantsModule, MediaIndexModule, PlaybackModule, WorkersModule],
  controllers: [PeaksController],
  providers: [MadePeaksService],
})
export class PeaksModule {}
