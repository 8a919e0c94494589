import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { keyVaultLoaderOptions, keyVaultPackage, keyVaultProtoFile, maximumMessageBytes } from '#contracts';
import {
  DeniedPeers,
  LiveIdentity,
  NestLogger,
  requireSections,
  runService,
  withDeadline,
  WatchedSockets,
  warnOfMemoryExposure,
  type ServiceContext,
} from '#platform';
import { observeJournal } from './journal/journal-metrics.js';
import { VaultJournal } from './journal/vault-journal.js';
import { observeKeyBackups } from './keys/key-backup-metrics.js';
import { KeyBackups } from './keys/key-backups.js';
import { VaultClock } from './key-removal/vault-clock.js';
import { watchDisabledKeys } from './key-removal/watch-disabled-keys.js';
import { KeyVaultModule } from './key-vault.module.js';
import { OperatorAccess } from './operator/operator-access.js';
import { RpcCallInterceptor } from './rpc/rpc-call.interceptor.js';
import { MutualTlsGrpcServer } from './rpc/mutual-tls-grpc-server.js';
import { KeyStore } from './token/key-store.js';
import { VaultMetrics } from './metrics/vault-metrics.js';
import { vaultServices } from './vault-services.js';

const channelOptions = {
  'grpc.max_receive_message_length': maximumMessageBytes,
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 5000,
};

runService('key-vault', async (context: ServiceContext) => {
  const configuration = requireSections(context.configuration, 'keyVault', 'internalTls');
  const settings = configuration.keyVault;
  const identity = LiveIdentity.watch(context, configuration.internalTls);
  const metrics = new VaultMetrics(context.metrics);
  const keys = await KeyStore.open(settings, metrics, context.logger);
  warnOfMemoryExposure(context.logger, 'keys');
  context.certificates.watch(() => keys.certificateExpiry());
  const { allowOperatorUnwrap, acceptUnboundGrants, keyUseJournal } = settings;
  const { file, deadlineMs, maximumFileBytes, keptFiles } = keyUseJournal;
  const journal = await VaultJournal.open(
    { file, deadlineMs, rotation: { maximumFileBytes, keptFiles } },
    context.instance,
    'keyVault.keyUseJournal.file',
  );
  observeJournal(journal, file, context.metrics);
  const operators =
    allowOperatorUnwrap === undefined
      ? undefined
      : await OperatorAccess.open({ allowOperatorUnwrap, acceptUnboundGrants }, identity, context);
  const backups = settings.keyBackup === undefined ? KeyBackups.none : await KeyBackups.open(settings.keyBackup);
  const clock = new VaultClock();
  observeKeyBackups(backups, context.metrics);
  const parts = { context, configuration, identity, keys, metrics, journal, backups, operators, clock };
  const { host, port } = settings.listen;
  const grpc = new MutualTlsGrpcServer(
    { package: keyVaultPackage, protoPath: keyVaultProtoFile, loader: keyVaultLoaderOptions },
    {
      host,
      port,
      identity,
      sockets: new WatchedSockets(new DeniedPeers(identity, context.logger, context.metrics), identity),
      channelOptions,
    },
  );
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    KeyVaultModule.of(await vaultServices(parts), new RpcCallInterceptor(metrics, context.logger, context.tracer)),
    { strategy: grpc, logger: new NestLogger(context.logger), abortOnError: false },
  );
  context.readiness.add('token', () => {
    const { ready, reason } = keys.readiness;
    if (!ready) throw new Error(reason);
  });
  context.readiness.add('journal', () => {
    const { failure } = journal.state;
    if (failure !== undefined) throw new Error(failure);
  });
  const endWatch = watchDisabledKeys(keys, context.logger);
  await app.listen();
  context.logger.info({ grpc: `${host}:${port}` }, 'key vault listens');

  return {
    management: settings.management,
    async stop(deadline) {
      endWatch();
      keys.disabled.close();
      // Running calls are answered; what is not at the limit gets no answer, and its caller asks another vault.
      await Promise.race([app.close(), aborted(deadline)]);
      await withDeadline(keys.close(), configuration.gracefulShutdownTimeoutMs, 'closing the token');
      await operators?.close();
      await journal.close();
    },
  };
});

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
