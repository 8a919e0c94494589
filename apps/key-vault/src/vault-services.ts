import { GrantVerifier } from '#grants';
import { defaultOrganization, type ConfigurationWith, type LiveIdentity, type ServiceContext } from '#platform';
import { AdministrationAuthority } from './callers/administration-authority.js';
import { CallRate } from './callers/call-rate.js';
import { GrantUses } from './callers/grant-uses.js';
import { KeyUseAudit } from './callers/key-use-audit.js';
import { noApprovals } from './key-removal/key-approvals.js';
import { KeyRemovalService } from './key-removal/key-removal.service.js';
import type { VaultClock } from './key-removal/vault-clock.js';
import { CertificateService } from './keys/certificate.service.js';
import type { KeyBackups } from './keys/key-backups.js';
import { KeyCheckService } from './keys/key-check.service.js';
import { KeyImportService } from './keys/key-import.service.js';
import { KeyLifecycleService } from './keys/key-lifecycle.service.js';
import { StatusService } from './operations/status.service.js';
import { noOperators, type OperatorAccess } from './operator/operator-access.js';
import { ArchiveRecipients } from './session-keys/archive-recipients.js';
import { ArchiveRewrapService } from './session-keys/archive-rewrap.service.js';
import { BlockDecryptionService } from './session-keys/block-decryption.service.js';
import { RewrapService } from './session-keys/rewrap.service.js';
import { TransportKeys } from './session-keys/transport-keys.js';
import { PlaybackAuthority } from './session-keys/unwrap-authority.js';
import { UnwrapService } from './session-keys/unwrap.service.js';
import type { KeyStore } from './token/key-store.js';
import type { VaultMetrics } from './metrics/vault-metrics.js';
import type { VaultJournal } from './journal/vault-journal.js';
import { ArchiveSeals } from './witness/archive-seals.js';
import { AuditWitness } from './witness/audit-witness.js';

export type VaultConfiguration = ConfigurationWith<'keyVault' | 'internalTls'>;

/** What the services are made of. */
export interface VaultParts {
  readonly context: ServiceContext;
  readonly configuration: VaultConfiguration;
  readonly identity: LiveIdentity;
  readonly keys: KeyStore;
  readonly metrics: VaultMetrics;
  readonly journal: VaultJournal;
  readonly backups: KeyBackups;
  /** undefined where the configuration allows none. */
  readonly operators: OperatorAccess | undefined;
  readonly clock: VaultClock;
}

/** What the controllers ask for. Made by hand: the compiler checks what each service gets. */
export async function vaultServices(parts: VaultParts): Promise<readonly object[]> {
  const { context, configuration, identity, keys, metrics, journal, backups, operators, clock } = parts;
  const { logger, instance } = context;
  const { transportKeyTimeToLiveMs, maxTransportKeys, limits, keyRemovalDelayHours, acceptUnboundGrants } =
    configuration.keyVault;
  const archiveRecipients = ArchiveRecipients.open(configuration.keyVault.archiveRecipients);
  const grants = new GrantVerifier(identity, { acceptUnbound: acceptUnboundGrants });
  const audit = new KeyUseAudit(journal, metrics, logger);
  const rate = new CallRate(limits.unwrapsPerSecond);
  const transportKeys = new TransportKeys(transportKeyTimeToLiveMs, maxTransportKeys);
  const administration = new AdministrationAuthority(grants);
  const playback = new PlaybackAuthority(grants, new GrantUses(limits.usesPerGrant), acceptUnboundGrants);
  const removalDelayMs = keyRemovalDelayHours * 3_600_000;
  return [
    keys,
    backups,
    audit,
    transportKeys,
    administration,
    new StatusService(instance, keys),
    new AuditWitness(journal, instance, identity),
    new ArchiveSeals(grants, journal, identity),
    new KeyCheckService(keys),
    new KeyLifecycleService(keys),
    new CertificateService(keys),
    await KeyImportService.create(keys, backups),
    new KeyRemovalService(keys, administration, operators ?? noApprovals, clock, removalDelayMs, logger),
    new BlockDecryptionService(keys, transportKeys, rate, formerOrganization(configuration)),
    new RewrapService(grants, keys, audit, rate),
    new ArchiveRewrapService(grants, archiveRecipients, keys, audit, rate),
    new UnwrapService(playback, operators ?? noOperators, keys, transportKeys, rate, metrics.countItems, audit),
  ];
}

/** The section of the gateway says it, too, where both read one file. */
function formerOrganization({ keyVault, localKeyManager }: VaultConfiguration): string {
  return keyVault.formerKeyManagerOrganization ?? localKeyManager?.organization ?? defaultOrganization;
}
