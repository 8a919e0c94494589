import { Inject, Injectable } from '@nestjs/common';
import { RcsError, type ServiceContext } from '#platform';
import { SERVICE_CONTEXT } from '../dependencies/injection-tokens.js';
import { GatewayKeys } from '../redis/gateway-keys.js';
import { SealedRecords } from '../redis/sealed-records.js';

export interface StorageCredential {
  readonly userName?: string | undefined;
  readonly password?: string | undefined;
}

/**
 * Credentials of storages as the store keeps them: encrypted under the master key that the gateways have and the store has
 * not, each for its contact center, URL and state, so that none is worth anything in the place of another.
 */
@Injectable()
export class StorageSeals {
  private readonly seals: SealedRecords | undefined;

  constructor(@Inject(SERVICE_CONTEXT) { masterKey }: Pick<ServiceContext, 'masterKey'>) {
    if (masterKey === undefined) return;
    this.seals = new SealedRecords(new GatewayKeys(masterKey.key).of('credentials of storages'));
  }

  /** @throws RcsError RCS_INVALID_VALUE where there is no master key. */
  seal(place: readonly string[], credential: StorageCredential): string {
    if (this.seals !== undefined) return this.seals.seal(JSON.stringify(place), credential, Number.MAX_SAFE_INTEGER);
    throw new RcsError('RCS_INVALID_VALUE', undefined, {
      publicDetail: 'credentials are kept encrypted: give every gateway the same master key first (masterKeyFile)',
    });
  }

  /** @throws RcsError RCS_STORAGE_ACCESS_REFUSED for what was sealed under another master key, or for another storage. */
  open(place: readonly string[], sealed: string): StorageCredential {
    const opened = this.seals?.open(JSON.stringify(place), sealed);
    if (opened !== undefined) return opened.content as StorageCredential;
    throw new RcsError(
      'RCS_STORAGE_ACCESS_REFUSED',
      'the credentials of a storage were kept under another master key: set the storage again',
    );
  }
}
