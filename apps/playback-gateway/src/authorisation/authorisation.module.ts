import { Module } from '@nestjs/common';
import { AuthenticationModule } from '../authentication/authentication.module.js';
import { AgentPlaces } from './agent-places.js';
import { AuthorisationService } from './authorisation.service.js';
import { KnownRecordings } from './known-recordings.js';
import { ReadableRecordings } from './readable-recordings.js';

/** Who may see and play which recording. */
@Module({
  imports: [AuthenticationModule],
  providers: [AgentPlaces, AuthorisationService, KnownRecordings, ReadableRecordings],
  exports: [AuthorisationService, KnownRecordings, ReadableRecordings],
})
export class AuthorisationModule {}
