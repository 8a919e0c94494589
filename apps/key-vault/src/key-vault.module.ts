import { Module, type DynamicModule } from '@nestjs/common';
import { GrantVerifier } from '#grants';
import { defaultOrganization, type ConfigurationWith, type LiveIdentity, type ServiceContext } from '#platform';
import { AdministrationAuthority } from './administration/administration-authority.js';
import { KeyUseAudit } from './audit/key-use-audit.js';
import { BlockDecryptionService } from './block-decryption/block-decryption.service.js';
import { KeyBackups } from './key-backup/key-backups.js';
import { KeyCheckService } from './key-check/key-check.service.js';
import { KeyImportService } from './import/key-import.service.js';
import { noApprovals } from './key-removal/key-approvals.js';
import { KeyRemovalService } from './key-removal/key-removal.service.js';
import type { VaultClock } from './key-removal/vault-clock.js';
import { CertificateService } from './key-lifecycle/certificate.service.js';
import { KeyLifecycleService } from './key-lifecycle/key-lifecycle.service.js';
import { noOperators, type OperatorAccess } from './operator/operator-access.js';
import { RewrapService } from './rewrap/rewrap.service.js';
import { CallRate } from './rpc/call-rate.js';
import { CallRunner } from './rpc/call-runner.js';
import { KeyLifecycleController } from './rpc/key-lifecycle.controller.js';
import { KeyRemovalController } from './rpc/key-removal.controller.js';
import { KeySafetyController } from './rpc/key-safety.controller.js';
import { KeyVaultController } from './rpc/key-vault.controller.js';
import { StatusService } from './status/status.service.js';
import { KeyStore } from './token/key-store.js';
import { TransportKeys } from './transport-keys/transport-keys.js';
import { GrantUses } from './unwrap/grant-uses.js';
import { PlaybackAuthority } from './unwrap/unwrap-authority.js';
import { UnwrapService } from './unwrap/unwrap.service.js';
import { VaultMetrics } from './vault-metrics.js';

export type VaultConfiguration = ConfigurationWith<'keyVault' | 'internalTls'>;

/** What the wiring needs from outside. */
export interface VaultParts {
  readonly context: ServiceContext;
  readonly configuration: VaultConfiguration;
  readonly identity: LiveIdentity;
  readonly keys: KeyStore;
  readonly metrics: VaultMetrics;
  readonly backups: KeyBackups;
  /** undefined where the configuration allows none. */
  readonly operators: OperatorAccess | undefined;
  readonly clock: VaultClock;
}

/** Wires the vault: token, grants, transport keys, gRPC. */
@Module({})
export class KeyVaultModule {
  static forRoot(parts: VaultParts): DynamicModule {
    const { context, configuration, identity, keys, metrics, backups, operators, clock } = parts;
    const { transportKeyTimeToLiveMs, maxTransportKeys, limits, keyRemovalDelayHours } = configuration.keyVault;
    const rate = new CallRate(limits.unwrapsPerSecond);
    const grantUses = new GrantUses(limits.usesPerGrant);
    return {
      module: KeyVaultModule,
      controllers: [KeyVaultController, KeyLifecycleController, KeyRemovalController, KeySafetyController],
      providers: [
        { provide: KeyStore, useValue: keys },
        { provide: KeyBackups, useValue: backups },
        { provide: KeyCheckService, useFactory: () => new KeyCheckService(keys) },
        { provide: GrantVerifier, useFactory: () => new GrantVerifier(identity) },
        { provide: TransportKeys, useFactory: () => new TransportKeys(transportKeyTimeToLiveMs, maxTransportKeys) },
        { provide: CallRunner, useFactory: () => new CallRunner(metrics, context.logger, context.tracer) },
        { provide: StatusService, useFactory: () => new StatusService(context.instance, keys) },
        { provide: KeyUseAudit, useFactory: () => new KeyUseAudit(metrics, context.logger) },
        {
          provide: AdministrationAuthority,
          useFactory: (grants: GrantVerifier) => new AdministrationAuthority(grants),
          inject: [GrantVerifier],
        },
        {
          provide: KeyRemovalService,
          useFactory: (authority: AdministrationAuthority) =>
            new KeyRemovalService(
              keys,
              authority,
              operators ?? noApprovals,
              clock,
              keyRemovalDelayHours * 3_600_000,
              context.logger,
            ),
          inject: [AdministrationAuthority],
        },
        { provide: KeyLifecycleService, useFactory: () => new KeyLifecycleService(keys) },
        { provide: CertificateService, useFactory: () => new CertificateService(keys) },
        {
          provide: BlockDecryptionService,
          useFactory: (transportKeys: TransportKeys) =>
            new BlockDecryptionService(keys, transportKeys, rate, formerOrganization(configuration)),
          inject: [TransportKeys],
        },
        { provide: KeyImportService, useFactory: () => KeyImportService.create(keys, backups) },
        {
          provide: RewrapService,
          useFactory: (grants: GrantVerifier, audit: KeyUseAudit) => new RewrapService(grants, keys, audit, rate),
          inject: [GrantVerifier, KeyUseAudit],
        },
        {
          provide: UnwrapService,
          useFactory: (grants: GrantVerifier, transportKeys: TransportKeys, audit: KeyUseAudit) =>
            new UnwrapService(
              new PlaybackAuthority(grants, grantUses),
              operators ?? noOperators,
              keys,
              transportKeys,
              rate,
              metrics.countItems,
              audit,
            ),
          inject: [GrantVerifier, TransportKeys, KeyUseAudit],
        },
      ],
    };
  }
}

/** The section of the gateway says it, too, where both read one file. */
function formerOrganization({ keyVault, localKeyManager }: VaultConfiguration): string {
  return keyVault.formerKeyManagerOrganization ?? localKeyManager?.organization ?? defaultOrganization;
}
