import { Module } from '@nestjs/common';
import { BlockDecryptionClient, type KeyVaultClient } from '#key-vault-client';
import { ConfigurationError, type ServiceContext } from '#platform';
import { AccessModule } from '../access/access.module.js';
import { KEY_MANAGER_SETTINGS, SERVICE_CONTEXT } from '../dependencies/injection-tokens.js';
import { RedisModule } from '../redis/redis.module.js';
import { BlockDecryption } from './block-decryption.js';
import { DecryptRate } from './decrypt-rate.js';
import { HawkAdmission } from './hawk-admission.js';
import { HawkAuthentication } from './hawk-authentication.js';
import { HawkCredentialController } from './hawk-credential.controller.js';
import { HawkCredentials, MASTER_KEY } from './hawk-credentials.js';
import { NewOwner } from './key-manager-administrator.js';
import { KeyManagerAssignmentController } from './key-manager-assignment.controller.js';
import { KeyManagerAudit } from './key-manager-audit.js';
import { KEY_MANAGER_VAULTS, keyManagerVaults } from './key-manager-vaults.js';
import { KeyPairs } from './key-pairs.js';
import { LocalKeyManagerController } from './local-key-manager.controller.js';
import { OwnerlessThings } from './ownerless-things.js';
import { PublicHawkAddress } from './public-hawk-address.js';
import { RegistrationAccess } from './registration-access.js';
import { ReplayGuard } from './replay-guard.js';
import { RequestLog } from './request-log.js';

const hawk = [HawkAdmission, HawkAuthentication, HawkCredentials, PublicHawkAddress, ReplayGuard, RegistrationAccess];
const keys = [BlockDecryption, DecryptRate, KeyPairs, KeyManagerAudit, NewOwner, OwnerlessThings, RequestLog];

/** The local key manager of Genesys Cloud; only where it is turned on. @throws ConfigurationError for what it misses. */
@Module({
  imports: [AccessModule, RedisModule],
  controllers: [LocalKeyManagerController, HawkCredentialController, KeyManagerAssignmentController],
  providers: [
    { provide: MASTER_KEY, useFactory: masterKey, inject: [SERVICE_CONTEXT] },
    { provide: KEY_MANAGER_VAULTS, useFactory: keyManagerVaults, inject: [SERVICE_CONTEXT, KEY_MANAGER_SETTINGS] },
    {
      provide: BlockDecryptionClient,
      useFactory: (vaults: KeyVaultClient) => new BlockDecryptionClient(vaults),
      inject: [KEY_MANAGER_VAULTS],
    },
    ...hawk,
    ...keys,
  ],
  exports: [HawkAdmission, RegistrationAccess],
})
export class LocalKeyManagerModule {}

function masterKey({ masterKey: key }: ServiceContext): Buffer {
  if (key !== undefined) return key.key;
  throw new ConfigurationError(
    'localKeyManager keeps Hawk keys encrypted and needs a master key: set option masterKeyFile or the environment variable RCS_MASTER_KEY',
  );
}
