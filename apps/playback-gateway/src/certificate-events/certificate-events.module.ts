import { Module } from '@nestjs/common';
import { RedisModule } from '../redis/redis.module.js';
import { CertificateChangeFeed } from './certificate-change-feed.js';
import { CertificateEventController } from './certificate-event.controller.js';
import { EventStreams } from './event-streams.js';

/** Changes of certificates, told to every gateway and to open consoles. */
@Module({
  imports: [RedisModule],
  controllers: [CertificateEventController],
  providers: [CertificateChangeFeed, EventStreams],
  exports: [CertificateChangeFeed],
})
export class CertificateEventsModule {}
