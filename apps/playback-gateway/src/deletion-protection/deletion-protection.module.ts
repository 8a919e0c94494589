import { Module } from '@nestjs/common';
import { AuthorisationModule } from '../authorisation/authorisation.module.js';
import { DeletionProtectionController } from './deletion-protection.controller.js';

/** Which recordings nobody may delete. */
@Module({ imports: [AuthorisationModule], controllers: [DeletionProtectionController] })
export class DeletionProtectionModule {}
