import { Module } from '@nestjs/common';
import { CrossOriginSettingsController } from './cross-origin-settings.controller.js';

/** What administrators of a contact center set for it. */
@Module({ controllers: [CrossOriginSettingsController] })
export class SettingsModule {}
