import { Module } from '@nestjs/common';
import { AuthenticationModule } from '../authentication/authentication.module.js';
import { CorsModule } from '../cors/cors.module.js';
import { CsrfModule } from '../csrf/csrf.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { ThrottlingModule } from '../throttling/throttling.module.js';
import { CertificateAdministratorAdmission } from './certificate-administrator-admission.js';
import { OpenIdLoginController } from './open-id-login.controller.js';
import { ProviderAdmission } from './provider-admission.js';
import { RequestAdmission } from './request-admission.js';
import { SessionController } from './session.controller.js';
import { UserAdmission } from './user-admission.js';
import { UserSessionController } from './user-session.controller.js';

/** Who is let in: by credentials or by a session, from which origin, with which privilege. */
@Module({
  imports: [AuthenticationModule, CorsModule, CsrfModule, SessionsModule, ThrottlingModule],
  controllers: [SessionController, UserSessionController, OpenIdLoginController],
  providers: [RequestAdmission, ProviderAdmission, UserAdmission, CertificateAdministratorAdmission],
  exports: [RequestAdmission, UserAdmission, CertificateAdministratorAdmission, CorsModule, SessionsModule],
})
export class AccessModule {}
