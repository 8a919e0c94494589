import type { Server } from '@grpc/grpc-js';
import { NestFactory } from '@nestjs/core';
import { Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { keyVaultLoaderOptions, keyVaultPackage, keyVaultProtoFile, maximumMessageBytes } from '#contracts';
import { recommendedThreadPoolSize } from '#pkcs11';
import {
  DeniedPeers,
  LiveIdentity,
  NestLogger,
  requireSections,
  runService,
  withDeadline,
  warnOfMemoryExposure,
  type ServiceContext,
} from '#platform';
import { observeJournal } from './journal/journal-metrics.js';
import { VaultJournal } from './journal/vault-journal.js';
import { KeyBackups } from './keys/key-backups.js';
import { VaultClock } from './key-removal/vault-clock.js';
import { watchDisabledKeys } from './key-removal/watch-disabled-keys.js';
import { KeyVaultModule } from './key-vault.module.js';
import { OperatorAccess } from './operator/operator-access.js';
import { RpcCallInterceptor } from './rpc/rpc-call.interceptor.js';
import { endDeniedConnections } from './rpc/denied-connections.js';
import { ServerCertificates } from './rpc/server-certificates.js';
import { startHungTokenWatchdog } from './operations/hung-token-watchdog.js';
import { KeyStore } from './token/key-store.js';
import { startTokenThreads } from './token/token-threads.js';
import { VaultMetrics } from './metrics/vault-metrics.js';
import { vaultServices } from './vault-services.js';

/** A thread for every session of every token. */
const threadPoolSize = (tokens: readonly { readonly sessions: number }[]): number =>
  recommendedThreadPoolSize(tokens.reduce((sum, { sessions }) => sum + sessions + 1, 0));

runService('key-vault', async (context: ServiceContext) => {
  const configuration = requireSections(context.configuration, 'keyVault', 'internalTls');
  const settings = configuration.keyVault;
  const identity = LiveIdentity.watch(context, configuration.internalTls);
  const certificates = new ServerCertificates(identity);
  const metrics = new VaultMetrics(context.metrics);
  await startTokenThreads(settings.threads ?? threadPoolSize(settings.tokens), context.logger);
  const keys = KeyStore.open(settings, metrics, context.logger);
  warnOfMemoryExposure(context.logger, 'keys');
  context.certificates.watch(() => keys.certificateExpiry());
  const { allowOperatorUnwrap, keyUseJournal } = settings;
  const { file, deadlineMs, maximumFileBytes, keptFiles } = keyUseJournal;
  const journal = await VaultJournal.open(
    { file, deadlineMs, rotation: { maximumFileBytes, keptFiles } },
    context.instance,
    'keyVault.keyUseJournal.file',
  );
  observeJournal(journal, file, context.metrics);
  const operators =
    allowOperatorUnwrap === undefined ? undefined : await OperatorAccess.open(allowOperatorUnwrap, identity, context);
  const backups = settings.keyBackup === undefined ? KeyBackups.none : await KeyBackups.open(settings.keyBackup);
  const clock = new VaultClock();
  const parts = { context, configuration, identity, keys, metrics, journal, backups, operators, clock };
  const url = `${settings.listen.host}:${settings.listen.port}`;
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    KeyVaultModule.of(
      await vaultServices(parts),
      new RpcCallInterceptor(
        metrics,
        context.logger,
        context.tracer,
        new DeniedPeers(identity, context.logger, context.metrics),
      ),
    ),
    {
      transport: Transport.GRPC,
      options: {
        url,
        package: keyVaultPackage,
        protoPath: keyVaultProtoFile,
        loader: keyVaultLoaderOptions,
        credentials: certificates.serverCredentials(),
        maxReceiveMessageLength: maximumMessageBytes,
        keepalive: { keepaliveTimeMs: 30_000, keepaliveTimeoutMs: 5000 },
        gracefulShutdown: true,
        onLoadPackageDefinition: (_: unknown, server: Server) => {
          endDeniedConnections(server, url, identity);
        },
      },
      logger: new NestLogger(context.logger),
      abortOnError: false,
    },
  );
  context.readiness.add('token', () => {
    const { ready, reason } = keys.readiness;
    if (!ready) throw new Error(reason);
  });
  context.readiness.add('journal', () => {
    const { failure } = journal.state;
    if (failure !== undefined) throw new Error(failure);
  });
  const watchdog = startHungTokenWatchdog(keys, settings.exitWhenHungMs, context.logger);
  const endWatch = watchDisabledKeys(keys, context.logger);
  await app.listen();
  context.logger.info({ grpc: url }, 'key vault listens');

  return {
    management: settings.management,
    async stop(deadline) {
      clearInterval(watchdog);
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
