import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { RcsError } from '#platform';
import { UserAdmission } from './access/user-admission.js';
import { CertificateAdministratorAdmission } from './access/certificate-administrator-admission.js';
import { HawkAdmission } from './local-key-manager/hawk-admission.js';
import { RegistrationAccess } from './local-key-manager/registration-access.js';
import { PlaybackAdmission } from './playback/playback-admission.js';
import type { AccessStep, AccessSteps } from './access/access.hook.js';

/** What each rule means, with the parts of this application. */
export function accessSteps(app: NestFastifyApplication, hasLocalKeyManager: boolean): AccessSteps {
  const users = app.get(UserAdmission);
  const administrators = app.get(CertificateAdministratorAdmission);
  const playback = app.get(PlaybackAdmission);
  const admitted: AccessStep = () => Promise.resolve();
  return {
    anyone: admitted,
    // The handler checks the credentials, which may stand in the body.
    'log-in': admitted,
    user: (request, reply) => users.admit(request, reply),
    'certificate-administrator': async (request, reply) => {
      await users.admit(request, reply);
      await administrators.check(request);
    },
    'play-ticket': (request, reply) => playback.admit(request, reply),
    ...(hasLocalKeyManager ? localKeyManagerSteps(app) : { 'hawk-signed': turnedOff, 'hawk-registration': turnedOff }),
  };
}

function localKeyManagerSteps(app: NestFastifyApplication): Pick<AccessSteps, 'hawk-signed' | 'hawk-registration'> {
  const hawk = app.get(HawkAdmission);
  const registration = app.get(RegistrationAccess);
  return {
    'hawk-signed': (request, reply) => hawk.admit(request, reply),
    'hawk-registration': (request, reply) => registration.admit(request, reply),
  };
}

const turnedOff: AccessStep = () =>
  Promise.reject(new RcsError('RCS_NOT_FOUND', 'the local key manager is turned off'));
