import { Inject, Injectable } from '@nestjs/common';
import { CONFIGURATION, LOGGER } from '../../dependencies/injection-tokens.js';
import type { GatewayConfiguration } from '../../dependencies/gateway-dependencies.js';
import { RcsError, type Logger } from '#platform';

/**
 * Whether private keys may come in clear. What was once in the heap of the process that faces the network cannot be taken
 * out of it: strings and the copies of OpenSSL are not overwritten. So keys come encrypted to the key vaults.
 */
@Injectable()
export class ClearPrivateKeys {
  private readonly accepted: boolean;

  constructor(
    @Inject(CONFIGURATION) { recordingCertificates }: Pick<GatewayConfiguration, 'recordingCertificates'>,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.accepted = recordingCertificates.acceptClearPrivateKeys;
    if (this.accepted) {
      logger.warn(
        'private keys are taken in clear (recordingCertificates.acceptClearPrivateKeys) and stay in the memory of this process: let senders encrypt them to the key vaults, as rcsctl does',
      );
    }
  }

  /** @throws RcsError RCS_CLEAR_PRIVATE_KEY_REFUSED with what to do instead. */
  check({ privateKey }: { readonly privateKey?: string | undefined }): void {
    if (privateKey === undefined || this.accepted) return;
    throw new RcsError('RCS_CLEAR_PRIVATE_KEY_REFUSED', 'a private key came in clear', {
      publicDetail:
        'privateKey: private keys are not taken in clear. Upload with rcsctl certificates upload, which encrypts the key to the key vaults, or send it as keyJwe, encrypted to every key of /rcs/keys/import-keys',
    });
  }
}
