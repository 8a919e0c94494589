import { Module } from '@nestjs/common';
import { GrantDesk } from './grant-desk.js';

@Module({ providers: [GrantDesk], exports: [GrantDesk] })
export class GrantsModule {}
