import { RcsError } from '#platform';

/**
 * Whether private keys may come in clear. What was once in the heap of the process that faces the network cannot be taken
 * out of it: strings and the copies of OpenSSL are not overwritten. So keys come encrypted to the key vaults.
 */
export class ClearPrivateKeys {
  constructor(private readonly accepted: boolean) {}

  /** @throws RcsError RCS_CLEAR_PRIVATE_KEY_REFUSED with what to do instead. */
  check({ privateKey }: { readonly privateKey?: string | undefined }): void {
    if (privateKey === undefined || this.accepted) return;
    throw new RcsError('RCS_CLEAR_PRIVATE_KEY_REFUSED', 'a private key came in clear', {
      publicDetail:
        'privateKey: private keys are not taken in clear. Upload with rcsctl certificates upload, which encrypts the key to the key vaults, or send it as keyJwe, encrypted to every key of /rcs/keys/import-keys',
    });
  }
}
