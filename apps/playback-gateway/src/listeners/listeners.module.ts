import { Module } from '@nestjs/common';
import { ListenersController } from './listeners.controller.js';

/** Who listened to what. */
@Module({ controllers: [ListenersController] })
export class ListenersModule {}
