import { Module } from '@nestjs/common';
import { CsrfModule } from '../csrf/csrf.module.js';
import { RedisModule } from '../redis/redis.module.js';
import { CredentialVersions } from './credential-version.js';
import { SessionCookie } from './session-cookie.js';
import { SessionService } from './session.service.js';
import { SessionStore } from './session-store.js';

/** What sessions are; login and the routes for them are those of access. */
@Module({
  imports: [RedisModule, CsrfModule],
  providers: [CredentialVersions, SessionStore, SessionCookie, SessionService],
  exports: [SessionService, CredentialVersions],
})
export class SessionsModule {}
