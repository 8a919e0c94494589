import type { Provider, Type } from '@nestjs/common';
import { BlockDecryptionClient, KeyVaultClient } from '#key-vault-client';
import {
  ConfigurationError,
  LiveIdentity,
  loadInternalIdentity,
  type Configuration,
  type InternalIdentity,
  type LocalKeyManagerConfiguration,
  type ServiceContext,
} from '#platform';
import type { AuditLog } from '#store';
import { RequestAdmission } from '../access/request-admission.js';
import type { GatewayParts } from '../dependencies/gateway-dependencies.js';
import { storeTokens } from '../dependencies/injection-tokens.js';
import { RedisGate } from '../redis/redis-gate.js';
import { BlockDecryption } from './block-decryption.js';
import { DecryptRate } from './decrypt-rate.js';
import { HawkAdmission } from './hawk-admission.js';
import { HawkAuthentication } from './hawk-authentication.js';
import { HawkCredentialController } from './hawk-credential.controller.js';
import { HawkCredentials } from './hawk-credentials.js';
import { LOCAL_KEY_MANAGER_STORE } from '../dependencies/injection-tokens.js';
import { NewOwner } from './key-manager-administrator.js';
import { KeyManagerAssignmentController } from './key-manager-assignment.controller.js';
import { KeyManagerAudit } from './key-manager-audit.js';
import { KeyPairs } from './key-pairs.js';
import { LocalKeyManagerController } from './local-key-manager.controller.js';
import { OwnerlessThings } from './ownerless-things.js';
import { PublicHawkAddress } from './public-hawk-address.js';
import { RegistrationAccess } from './registration-access.js';
import { ReplayGuard } from './replay-guard.js';
import { RequestLog } from './request-log.js';

type Settings = LocalKeyManagerConfiguration;

const LOCAL_KEY_MANAGER_VAULTS = Symbol('KeyVaultClient of the local key manager');

/** Nothing is there where the local key manager is turned off. */
export function localKeyManagerControllers({ configuration }: GatewayParts): Type[] {
  return configuration.localKeyManager?.enabled === true
    ? [LocalKeyManagerController, HawkCredentialController, KeyManagerAssignmentController]
    : [];
}

/** Wires the local key manager. @throws ConfigurationError for what it cannot do without. */
export function localKeyManagerProviders({ context, configuration, store }: GatewayParts): Provider[] {
  const settings = configuration.localKeyManager;
  if (settings?.enabled !== true) return [];
  const keys = store.localKeyManager;
  return [
    HawkAdmission,
    { provide: LOCAL_KEY_MANAGER_STORE, useValue: keys },
    { provide: NewOwner, useFactory: () => new NewOwner(store.contactCenters) },
    {
      provide: KeyManagerAudit,
      useFactory: (audit: AuditLog) => new KeyManagerAudit(audit),
      inject: [storeTokens.audit],
    },
    {
      provide: OwnerlessThings,
      useFactory: (audit: AuditLog) => new OwnerlessThings(keys, audit, context.logger),
      inject: [storeTokens.audit],
    },
    { provide: HawkCredentials, useFactory: () => new HawkCredentials(keys, masterKey(context)) },
    { provide: PublicHawkAddress, useFactory: () => new PublicHawkAddress(settings.publicHost, settings.publicPort) },
    { provide: RequestLog, useFactory: () => new RequestLog(keys, settings.requestLogLimit) },
    {
      provide: HawkAuthentication,
      useFactory: (credentials: HawkCredentials, gate: RedisGate) => {
        const { timestampSkewSeconds, allowUnsignedQuery } = settings;
        // A request is fresh from `skew` before to `skew` after its time; a minute more for clocks of gateways.
        const replays = new ReplayGuard(gate, 2 * timestampSkewSeconds + 60);
        return new HawkAuthentication(credentials, replays, { timestampSkewSeconds, allowUnsignedQuery });
      },
      inject: [HawkCredentials, RedisGate],
    },
    {
      provide: RegistrationAccess,
      useFactory: (admission: RequestAdmission, newOwner: NewOwner) => {
        const contactCenter = settings.developmentContactCenter;
        if (!settings.developmentOpenRegistration) return new RegistrationAccess(admission, newOwner, undefined);
        context.logger.warn(
          { contactCenter },
          'anyone may register Hawk credentials of this contact center: developmentOpenRegistration is on',
        );
        return new RegistrationAccess(admission, newOwner, { contactCenter });
      },
      inject: [RequestAdmission, NewOwner],
    },
    { provide: LOCAL_KEY_MANAGER_VAULTS, useFactory: () => vaultClient(context, settings) },
    {
      provide: KeyPairs,
      useFactory: (vaults: KeyVaultClient) =>
        new KeyPairs(vaults, keys, store.contactCenters, settings.organization, settings.vaultTimeoutMs),
      inject: [LOCAL_KEY_MANAGER_VAULTS],
    },
    {
      provide: BlockDecryption,
      useFactory: (vaults: KeyVaultClient, keyPairs: KeyPairs, gate: RedisGate) =>
        new BlockDecryption(
          new BlockDecryptionClient(vaults),
          keyPairs,
          new DecryptRate(gate, settings.decryptsPerSecond),
          settings.vaultTimeoutMs,
        ),
      inject: [LOCAL_KEY_MANAGER_VAULTS, KeyPairs, RedisGate],
    },
  ];
}

/** The local key manager has a certificate of its own: only that may have blocks decrypted. Renewed ones are followed. */
function vaultClient({ configuration, certificates, live }: ServiceContext, settings: Settings): KeyVaultClient {
  const identity = new LiveIdentity(identityOf(configuration, settings));
  certificates.watchPem('internal', () => identity.current.certificatePem);
  live.onChange(next => {
    const renewed = identityOf(next, next.localKeyManager ?? settings);
    return () => identity.replace(renewed);
  });
  return new KeyVaultClient(settings.vaultAddresses, identity);
}

function identityOf({ internalTls }: Configuration, { certificateFile, keyFile }: Settings): InternalIdentity {
  const identity = loadInternalIdentity({ caFile: internalTls?.caFile ?? '', certificateFile, keyFile });
  if (identity.role === 'local-key-manager') return identity;
  throw new ConfigurationError(
    `option localKeyManager.certificateFile: ${certificateFile} has the role ${identity.role}, not local-key-manager`,
  );
}

function masterKey({ masterKey: key }: ServiceContext): Buffer {
  if (key !== undefined) return key.key;
  throw new ConfigurationError(
    'localKeyManager keeps Hawk keys encrypted and needs a master key: set option masterKeyFile or the environment variable RCS_MASTER_KEY',
  );
}
