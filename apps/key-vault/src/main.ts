import { ServerCredentials } from '@grpc/grpc-js';
import { NestFactory } from '@nestjs/core';
import { Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { keyVaultLoaderOptions, keyVaultPackage, keyVaultProtoFile } from '#contracts';
import { recommendedThreadPoolSize } from '#pkcs11';
import {
  loadInternalIdentity,
  NestLogger,
  requireSections,
  runService,
  watchedIdentity,
  withDeadline,
  type ServiceContext,
} from '#platform';
import { KeyVaultModule } from './key-vault.module.js';
import { OperatorAccess } from './operator/operator-access.js';
import { KeyStore } from './token/key-store.js';
import { VaultMetrics } from './vault-metrics.js';

const maximumMessageBytes = 4 * 1024 * 1024;

runService('key-vault', async (context: ServiceContext) => {
  const configuration = requireSections(context.configuration, 'keyVault', 'internalTls');
  const settings = configuration.keyVault;
  const identity = watchedIdentity(context, loadInternalIdentity(configuration.internalTls));
  const metrics = new VaultMetrics(context.metrics);
  // Read by libuv when the first call is handed to a thread: every session needs one of its own.
  // eslint-disable-next-line no-restricted-properties -- written, not read
  process.env.UV_THREADPOOL_SIZE ??= String(recommendedThreadPoolSize(settings.token.sessions));
  const keys = KeyStore.open(settings.token, metrics, context.logger);
  context.certificates.watch(() => keys.certificateExpiry());
  const { allowOperatorUnwrap } = settings;
  const operators =
    allowOperatorUnwrap === undefined
      ? undefined
      : await OperatorAccess.open(allowOperatorUnwrap, identity.caPem, context.logger);
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    KeyVaultModule.forRoot({ context, configuration, identity, keys, metrics, operators }),
    {
      transport: Transport.GRPC,
      options: {
        url: `${settings.listen.host}:${settings.listen.port}`,
        package: keyVaultPackage,
        protoPath: keyVaultProtoFile,
        loader: keyVaultLoaderOptions,
        credentials: ServerCredentials.createSsl(
          identity.caPem,
          [{ private_key: identity.keyPem, cert_chain: identity.certificatePem }],
          true,
        ),
        maxReceiveMessageLength: maximumMessageBytes,
        keepalive: { keepaliveTimeMs: 30_000, keepaliveTimeoutMs: 5000 },
      },
      logger: new NestLogger(context.logger),
      abortOnError: false,
    },
  );
  context.readiness.add('token', () => {
    const { ready, reason } = keys.health();
    if (!ready) throw new Error(reason);
  });
  await app.listen();
  context.logger.info({ grpc: `${settings.listen.host}:${settings.listen.port}` }, 'key vault listens');

  return {
    management: settings.management,
    async stop() {
      await withDeadline(app.close(), configuration.gracefulShutdownTimeoutMs, 'closing the gRPC server');
      await withDeadline(keys.close(), configuration.gracefulShutdownTimeoutMs, 'closing the token');
      await operators?.close();
    },
  };
});
