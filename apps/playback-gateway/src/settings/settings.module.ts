import { Module } from '@nestjs/common';
import { HttpModule } from '../http/http.module.js';
import { SetStoragesModule } from './set-storages.module.js';
import { CrossOriginSettingsController } from './cross-origin-settings.controller.js';
import { RecordingsInStorages } from './recordings-in-storages.js';
import { SettingsController } from './settings.controller.js';

/** What administrators of a contact center set for it. */
@Module({
  imports: [HttpModule, SetStoragesModule],
  controllers: [CrossOriginSettingsController, SettingsController],
  providers: [RecordingsInStorages],
})
export class SettingsModule {}
