import { Module } from '@nestjs/common';
import { AuthorisationModule } from '../authorisation/authorisation.module.js';
import { LabelDefinitionController } from './label-definition.controller.js';
import { RecordingLabelController } from './recording-label.controller.js';

/** Labels: which there are, and which recordings bear them. */
@Module({ imports: [AuthorisationModule], controllers: [LabelDefinitionController, RecordingLabelController] })
export class LabelsModule {}
