import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AccessModule } from './access/access.module.js';
import { AssignmentsModule } from './assignments/assignments.module.js';
import { ArchiveJobsModule } from './archive-jobs/archive-jobs.module.js';
import { ArchiveModule } from './archive/archive.module.js';
import { AuditModule } from './audit/audit.module.js';
import { CertificatesModule } from './certificates/certificates.module.js';
import { ConsoleModule } from './console/console.module.js';
import { ContactCentersModule } from './contact-centers/contact-centers.module.js';
import { DependenciesModule } from './dependencies/dependencies.module.js';
import type { GatewayDependencies } from './dependencies/gateway-dependencies.js';
import { GatewayAccess } from './gateway-access.js';
import { GatewayErrorFilter } from './gateway-error.filter.js';
import { HandOverModule } from './hand-over/hand-over.module.js';
import { KeysModule } from './keys/keys.module.js';
import { ListenersModule } from './listeners/listeners.module.js';
import { LocalKeyManagerListener } from './local-key-manager/local-key-manager-listener.js';
import { LocalKeyManagerModule } from './local-key-manager/local-key-manager.module.js';
import { MediaEncryptionModule } from './media-encryption/media-encryption.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { OpenApiModule } from './openapi/openapi.module.js';
import { KeptArchivesModule } from './kept-archives/kept-archives.module.js';
import { CustodyModule } from './custody/custody.module.js';
import { PeaksModule } from './peaks/peaks.module.js';
import { PlaybackModule } from './playback/playback.module.js';
import { DeletionProtectionModule } from './deletion-protection/deletion-protection.module.js';
import { LabelsModule } from './labels/labels.module.js';
import { RecordingSourceModule } from './recording-source/recording-source.module.js';
import { RecipientsModule } from './recipients/recipients.module.js';
import { RecordingsModule } from './recordings/recordings.module.js';
import { RemovalModule } from './removal/removal.module.js';
import { RequestHooks } from './request-hooks.js';
import { RetentionModule } from './retention/retention.module.js';
import { RewrapModule } from './rewrap/rewrap.module.js';
import { SettingsModule } from './settings/settings.module.js';
import { StoragesModule } from './storages/storages.module.js';
import { SystemStateModule } from './system-state/system-state.module.js';
import { UsersModule } from './users/users.module.js';

const features = [
  AccessModule,
  PlaybackModule,
  PeaksModule,
  CustodyModule,
  RecordingsModule,
  ContactCentersModule,
  HandOverModule,
  RecordingSourceModule,
  LabelsModule,
  DeletionProtectionModule,
  RemovalModule,
  MediaEncryptionModule,
  ListenersModule,
  RetentionModule,
  CertificatesModule,
  AssignmentsModule,
  RecipientsModule,
  KeysModule,
  RewrapModule,
  ArchiveModule,
  ArchiveJobsModule,
  KeptArchivesModule,
  UsersModule,
  AuditModule,
  SettingsModule,
  OpenApiModule,
  StoragesModule,
  SystemStateModule,
  ConsoleModule,
];

/** The gateway: HTTP in front, store beside, workers behind. */
@Module({})
export class PlaybackGatewayModule {
  /** @param listener of the local key manager, where it has a port of its own */
  static forRoot(dependencies: GatewayDependencies, listener: LocalKeyManagerListener | undefined): DynamicModule {
    const isKeyManager = dependencies.configuration.localKeyManager?.enabled === true;
    return {
      module: PlaybackGatewayModule,
      imports: [
        DependenciesModule.forRoot(dependencies),
        MetricsModule,
        ...features,
        ...(isKeyManager ? [LocalKeyManagerModule] : []),
      ],
      providers: [
        { provide: APP_FILTER, useClass: GatewayErrorFilter },
        GatewayAccess,
        RequestHooks,
        ...(listener === undefined ? [] : [{ provide: LocalKeyManagerListener, useValue: listener }]),
      ],
    };
  }
}
