import { Injectable, Optional } from '@nestjs/common';
import { RcsError } from '#platform';
import type { AccessStep, AccessSteps } from './access/access.hook.js';
import { CertificateAdministratorAdmission } from './access/certificate-administrator-admission.js';
import { UserAdmission } from './access/user-admission.js';
import { HawkAdmission } from './local-key-manager/hawk-admission.js';
import { RegistrationAccess } from './local-key-manager/registration-access.js';
import { PlaybackAdmission } from './playback/playback-admission.js';

const admitted: AccessStep = () => Promise.resolve();
const turnedOff: AccessStep = () =>
  Promise.reject(new RcsError('RCS_NOT_FOUND', 'the local key manager is turned off'));

/** What each rule of access means in this application. */
@Injectable()
export class GatewayAccess {
  readonly steps: AccessSteps;

  constructor(
    users: UserAdmission,
    administrators: CertificateAdministratorAdmission,
    playback: PlaybackAdmission,
    @Optional() hawk?: HawkAdmission,
    @Optional() registration?: RegistrationAccess,
  ) {
    this.steps = {
      anyone: admitted,
      // The handler checks the credentials, which may stand in the body.
      login: admitted,
      user: (request, reply) => users.admit(request, reply),
      'certificate-administrator': async (request, reply) => {
        await users.admit(request, reply);
        await administrators.check(request);
      },
      'certificate-viewer': async (request, reply) => {
        await users.admit(request, reply);
        await administrators.checkViewer(request);
      },
      'play-ticket': (request, reply) => playback.admit(request, reply),
      'hawk-signed': hawk === undefined ? turnedOff : (request, reply) => hawk.admit(request, reply),
      'hawk-registration':
        registration === undefined ? turnedOff : (request, reply) => registration.admit(request, reply),
    };
  }
}
