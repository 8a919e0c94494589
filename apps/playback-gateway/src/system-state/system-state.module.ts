import { Module } from '@nestjs/common';
import { VaultsModule } from '../vaults/vaults.module.js';
import { WorkersModule } from '../workers/workers.module.js';
import { SystemStateController } from './system-state.controller.js';
import { SystemStateService } from './system-state.service.js';

@Module({
  imports: [VaultsModule, WorkersModule],
  controllers: [SystemStateController],
  providers: [SystemStateService],
})
export class SystemStateModule {}
