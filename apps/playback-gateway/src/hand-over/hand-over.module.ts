import { Module } from '@nestjs/common';
import { HttpModule } from '../http/http.module.js';
import { InteractionReceiversModule } from '../interaction-receivers/interaction-receivers.module.js';
import { HandOverController } from './hand-over.controller.js';
import { HandOverMetrics } from './hand-over-metrics.js';
import { HandOverSender } from './hand-over-sender.js';

/** Posts the metadata of new recordings to interaction receivers. */
@Module({
  imports: [HttpModule, InteractionReceiversModule],
  controllers: [HandOverController],
  providers: [HandOverMetrics, HandOverSender],
})
export class HandOverModule {}
