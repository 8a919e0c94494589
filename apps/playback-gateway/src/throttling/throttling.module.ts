import { Module } from '@nestjs/common';
import { RedisModule } from '../redis/redis.module.js';
import { LoginThrottle } from './login-throttle.js';
import { ThrottleStorage } from './throttle-storage.js';
import { StreamLimit } from './stream-limit.js';

@Module({
  imports: [RedisModule],
  providers: [ThrottleStorage, LoginThrottle, StreamLimit],
  exports: [LoginThrottle, StreamLimit],
})
export class ThrottlingModule {}
