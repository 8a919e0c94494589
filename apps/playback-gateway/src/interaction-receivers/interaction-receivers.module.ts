import { Module } from '@nestjs/common';
import { ConfiguredReceivers } from './configured-receivers.js';

/** Who may get the metadata of new recordings. */
@Module({ providers: [ConfiguredReceivers], exports: [ConfiguredReceivers] })
export class InteractionReceiversModule {}
