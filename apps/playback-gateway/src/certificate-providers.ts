import type { Provider, Type } from '@nestjs/common';
import { administrationGrants, GrantSigner, rewrapGrants } from '#grants';
import { KeyVaultClient } from '#key-vault-client';
import type { LiveIdentity } from '#platform';
import { WorkerClient } from './workers/worker-client.js';
import { ForgottenKeys } from './workers/forgotten-keys.js';
import { WorkerDirectory } from './workers/worker-directory.js';
import { MediaIndexController } from './media-index/media-index.controller.js';
import { IDENTITY, REDIS } from './dependencies/injection-tokens.js';
import type { GatewayParts, RedisConnection } from './dependencies/gateway-dependencies.js';
import { AssignmentService } from './assignments/assignment.service.js';
import { IvrProfileController, ScreenRecordingCertificateController } from './assignments/assignment.controller.js';
import { RecipientController } from './assignments/recipient.controller.js';
import { CertificateAdministratorAdmission } from './access/certificate-administrator-admission.js';
import { CertificateAudit } from './audit/certificate-audit.js';
import { CertificateController } from './certificates/certificate.controller.js';
import { CertificateListService } from './certificates/certificate-list.service.js';
import { CertificateNeedsService } from './certificates/certificate-needs.js';
import { CertificatePolicy } from './certificates/certificate-policy.js';
import { CertificateRemovalService } from './certificates/certificate-removal.service.js';
import { CertificateRenewalService } from './certificates/certificate-renewal.service.js';
import { CertificateChangeFeed } from './certificate-events/certificate-change-feed.js';
import { CertificateEventController } from './certificate-events/certificate-event.controller.js';
import { EventStreams } from './certificate-events/event-streams.js';
import { ExpiryWatch } from './certificates/expiry/expiry-watch.js';
import { GeneratedKeyService } from './keys/generated-key.service.js';
import { KeyController } from './keys/key.controller.js';
import { AdministrationGrants } from './vaults/administration-grants.js';
import { VaultKeys } from './vaults/vault-keys.js';
import { RewrapRunner } from './rewrap/rewrap-runner.js';
import { CertificateRewrapController, RewrapController } from './rewrap/rewrap.controller.js';
import { RewrapService } from './rewrap/rewrap.service.js';
import { ClearPrivateKeys } from './certificates/upload/clear-private-keys.js';
import { CertificateUploadService } from './certificates/upload/certificate-upload.service.js';

export const certificateControllers: Type[] = [
  CertificateController,
  KeyController,
  IvrProfileController,
  ScreenRecordingCertificateController,
  RecipientController,
  CertificateEventController,
  CertificateRewrapController,
  RewrapController,
  MediaIndexController,
];

/** Wires what administrators of certificates need. */
export function certificateProviders(parts: GatewayParts): Provider[] {
  const { context, configuration, store, audit } = parts;
  const settings = configuration.recordingCertificates;
  const { certificates, rewraps } = store;
  const vaultAddresses = settings.vaultAddresses ?? configuration.decryptWorker?.vaultAddresses ?? [];
  return [
    { provide: CertificatePolicy, useFactory: () => CertificatePolicy.load(settings) },
    CertificateAdministratorAdmission,
    {
      provide: ClearPrivateKeys,
      useFactory: () => {
        const accepted = settings.acceptClearPrivateKeys;
        if (accepted) {
          context.logger.warn(
            'private keys are taken in clear (recordingCertificates.acceptClearPrivateKeys) and stay in the memory of this process: let senders encrypt them to the key vaults, as rcsctl does',
          );
        }
        return new ClearPrivateKeys(accepted);
      },
    },
    { provide: CertificateAudit, useFactory: () => new CertificateAudit(audit) },
    {
      provide: KeyVaultClient,
      useFactory: (identity: LiveIdentity) => new KeyVaultClient(vaultAddresses, identity),
      inject: [IDENTITY],
    },
    {
      provide: VaultKeys,
      useFactory: (vaults: KeyVaultClient, identity: LiveIdentity) =>
        new VaultKeys(vaults, new AdministrationGrants(new GrantSigner(identity, administrationGrants))),
      inject: [KeyVaultClient, IDENTITY],
    },
    {
      provide: CertificateChangeFeed,
      useFactory: (redis: RedisConnection) =>
        new CertificateChangeFeed(redis, configuration.redis.keyPrefix, context.logger),
      inject: [REDIS],
    },
    {
      provide: EventStreams,
      useFactory: (feed: CertificateChangeFeed) => new EventStreams(feed),
      inject: [CertificateChangeFeed],
    },
    {
      provide: CertificateListService,
      useFactory: (keys: VaultKeys, policy: CertificatePolicy) =>
        new CertificateListService(
          certificates,
          rewraps,
          keys,
          policy,
          Math.max(0, ...settings.expiryWarningDays),
          context.logger,
        ),
      inject: [VaultKeys, CertificatePolicy],
    },
    {
      provide: CertificateUploadService,
      useFactory: (
        keys: VaultKeys,
        policy: CertificatePolicy,
        audit: CertificateAudit,
        feed: CertificateChangeFeed,
        clearKeys: ClearPrivateKeys,
      ) => new CertificateUploadService(certificates, keys, policy, audit, feed, clearKeys),
      inject: [VaultKeys, CertificatePolicy, CertificateAudit, CertificateChangeFeed, ClearPrivateKeys],
    },
    {
      provide: CertificateRemovalService,
      useFactory: (
        list: CertificateListService,
        needs: CertificateNeedsService,
        keys: VaultKeys,
        forgotten: ForgottenKeys,
        audit: CertificateAudit,
        feed: CertificateChangeFeed,
      ) => new CertificateRemovalService(certificates, list, needs, keys, forgotten, audit, feed),
      inject: [
        CertificateListService,
        CertificateNeedsService,
        VaultKeys,
        ForgottenKeys,
        CertificateAudit,
        CertificateChangeFeed,
      ],
    },
    {
      provide: ForgottenKeys,
      useFactory: (workers: WorkerDirectory, client: WorkerClient) =>
        new ForgottenKeys(workers, client, context.logger),
      inject: [WorkerDirectory, WorkerClient],
    },
    {
      provide: CertificateNeedsService,
      useFactory: (list: CertificateListService) =>
        new CertificateNeedsService(certificates, list, () => Promise.resolve(settings.unlistableSources)),
      inject: [CertificateListService],
    },
    {
      provide: CertificateRenewalService,
      useFactory: (
        list: CertificateListService,
        policy: CertificatePolicy,
        audit: CertificateAudit,
        feed: CertificateChangeFeed,
      ) => new CertificateRenewalService(certificates, list, policy, audit, feed),
      inject: [CertificateListService, CertificatePolicy, CertificateAudit, CertificateChangeFeed],
    },
    {
      provide: GeneratedKeyService,
      useFactory: (keys: VaultKeys, policy: CertificatePolicy, audit: CertificateAudit, feed: CertificateChangeFeed) =>
        new GeneratedKeyService(certificates, keys, policy, audit, feed),
      inject: [VaultKeys, CertificatePolicy, CertificateAudit, CertificateChangeFeed],
    },
    {
      provide: AssignmentService,
      useFactory: (
        list: CertificateListService,
        policy: CertificatePolicy,
        audit: CertificateAudit,
        feed: CertificateChangeFeed,
      ) => new AssignmentService(certificates, list, policy, audit, feed),
      inject: [CertificateListService, CertificatePolicy, CertificateAudit, CertificateChangeFeed],
    },
    ...backgroundProviders(parts),
  ];
}

/** What is done without being asked. */
function backgroundProviders({ context, configuration, store }: GatewayParts): Provider[] {
  const settings = configuration.recordingCertificates;
  const { certificates, rewraps } = store;
  return [
    {
      provide: RewrapService,
      useFactory: (
        list: CertificateListService,
        policy: CertificatePolicy,
        audit: CertificateAudit,
        feed: CertificateChangeFeed,
      ) => new RewrapService(rewraps, list, policy, audit, feed),
      inject: [CertificateListService, CertificatePolicy, CertificateAudit, CertificateChangeFeed],
    },
    {
      provide: RewrapRunner,
      useFactory: (
        identity: LiveIdentity,
        list: CertificateListService,
        policy: CertificatePolicy,
        vaults: KeyVaultClient,
        feed: CertificateChangeFeed,
      ) => {
        const signer = new GrantSigner(identity, rewrapGrants);
        const options = { owner: context.instance, perSecond: settings.rewrapPerSecond };
        return new RewrapRunner(rewraps, list, policy, vaults, signer, feed, context.logger, options);
      },
      inject: [IDENTITY, CertificateListService, CertificatePolicy, KeyVaultClient, CertificateChangeFeed],
    },
    {
      provide: ExpiryWatch,
      useFactory: (feed: CertificateChangeFeed) =>
        new ExpiryWatch(certificates, settings, feed, context.logger, context.certificates),
      inject: [CertificateChangeFeed],
    },
  ];
}
