import { Module } from '@nestjs/common';
import { RedisGate } from './redis-gate.js';

@Module({ providers: [RedisGate], exports: [RedisGate] })
export class RedisModule {}
