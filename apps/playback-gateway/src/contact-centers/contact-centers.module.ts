import { Module } from '@nestjs/common';
import { HttpModule } from '../http/http.module.js';
import { ContactCenterFeaturesController } from './contact-center-features.controller.js';
import { ContactCentersController } from './contact-centers.controller.js';

/** What operations accounts see of contact centers. */
@Module({ imports: [HttpModule], controllers: [ContactCentersController, ContactCenterFeaturesController] })
export class ContactCentersModule {}
