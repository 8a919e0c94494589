import { Module } from '@nestjs/common';
import { ListenersController } from './listeners.controller.js';
import { SeenMarks } from './seen-marks.js';

/** Who listened to what. */
@Module({ controllers: [ListenersController], providers: [SeenMarks], exports: [SeenMarks] })
export class ListenersModule {}
