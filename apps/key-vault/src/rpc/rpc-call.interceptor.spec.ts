import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentials, loadPackageDefinition, type Client, type ServiceError } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { Controller, Module, type INestMicroservice } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, NestFactory } from '@nestjs/core';
import { GrpcMethod, type MicroserviceOptions } from '@nestjs/microservices';
import {
  keyVaultCallers,
  keyVaultLoaderOptions,
  keyVaultPackage,
  keyVaultProtoFile,
  keyVaultService,
} from '#contracts';
import {
  createLogger,
  createMetricsRegistry,
  fromGrpcError,
  LiveIdentity,
  reservePort,
  serviceRoles,
  type RcsError,
  type ServiceRole,
} from '#platform';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import type { CallContext } from '../callers/call-context.js';
import { KeyVaultModule } from '../key-vault.module.js';
import { VaultMetrics } from '../metrics/vault-metrics.js';
import { CurrentCall } from './current-call.js';
import { RpcCallInterceptor } from './rpc-call.interceptor.js';
import { RpcErrorFilter } from './rpc-error.filter.js';
import { MutualTlsGrpcServer } from './mutual-tls-grpc-server.js';

const reached: string[] = [];

/** As somebody would write a new method who thinks of nothing. */
@Controller()
class CarelessController {
  @GrpcMethod(keyVaultService, 'TellEverything')
  tellEverything() {
    reached.push('TellEverything');
    return {};
  }

  @GrpcMethod(keyVaultService, 'Status')
  status(@CurrentCall() { role }: CallContext) {
    reached.push('Status');
    return { instance: role };
  }
}

@Module({})
class CarelessModule {}

type Unary = (request: object, callback: (error: ServiceError | null, reply: unknown) => void) => void;

describe(RpcCallInterceptor.name, () => {
  const directory = mkdtempSync(join(tmpdir(), 'rcs-rpc-'));
  const protoPath = join(directory, 'key-vault.proto');
  let authority: InternalAuthority;
  let app: INestMicroservice;
  let address: string;

  beforeAll(async () => {
    const proto = readFileSync(keyVaultProtoFile, 'utf8');
    writeFileSync(
      protoPath,
      proto.replace(
        'service KeyVault {',
        'service KeyVault {\n  rpc TellEverything(StatusRequest) returns (StatusReply);',
      ),
    );
    authority = await InternalAuthority.create();
    const identity = new LiveIdentity(await authority.issue('key-vault'));
    const metrics = new VaultMetrics(createMetricsRegistry('key-vault', '1'));
    const interceptor = new RpcCallInterceptor(metrics, createLogger('key-vault', 'test', 'silent'));
    const port = await reservePort();
    // By its name: an address is no TLS server name.
    address = `localhost:${port}`;
    app = await NestFactory.createMicroservice<MicroserviceOptions>(
      { ...KeyVaultModule.of([], interceptor), module: CarelessModule, controllers: [CarelessController] },
      {
        strategy: new MutualTlsGrpcServer(
          { package: keyVaultPackage, protoPath, loader: keyVaultLoaderOptions },
          { host: 'localhost', port, identity, sockets: { watchServer: () => undefined } },
        ),
        logger: false,
      },
    );
    await app.listen();
  });
  beforeEach(() => reached.splice(0));
  afterAll(async () => {
    await app.close();
    rmSync(directory, { recursive: true });
  });

  async function call(role: ServiceRole, name: string): Promise<unknown> {
    const { caPem, keyPem, certificatePem } = await authority.issue(role);
    let level: unknown = loadPackageDefinition(loadSync(protoPath, keyVaultLoaderOptions));
    for (const part of [...keyVaultPackage.split('.'), keyVaultService])
      level = (level as Record<string, unknown>)[part];
    const VaultClient = level as new (at: string, as: unknown) => Client & Record<string, Unary>;
    const client = new VaultClient(address, credentials.createSsl(caPem, keyPem, certificatePem));
    try {
      return await new Promise((resolve, reject) =>
        client[name]?.({}, (error, reply) =>
          error === null ? resolve(reply) : reject(fromGrpcError(error, 'RCS_VAULT_UNAVAILABLE')),
        ),
      );
    } finally {
      client.close();
    }
  }

  it.each(serviceRoles)('refuses %s a method for which there is no rule', async role => {
    await expect(call(role, 'TellEverything')).rejects.toMatchObject({
      code: 'RCS_CALLER_NOT_ALLOWED',
    } satisfies Partial<RcsError>);
    expect(reached).toEqual([]);
  });

  it('lets those through whom the rule names, and tells the method who they are', async () => {
    expect(await call('rcsctl', 'Status')).toMatchObject({ instance: 'rcsctl' });
    await expect(call('operator', 'Status')).rejects.toMatchObject({ code: 'RCS_CALLER_NOT_ALLOWED' });
    expect(reached).toEqual(['Status']);
  });

  it('stands before every controller of the vault', () => {
    const { providers = [], controllers = [] } = KeyVaultModule.of([], {} as RpcCallInterceptor);
    expect(providers).toContainEqual(expect.objectContaining({ provide: APP_INTERCEPTOR }));
    expect(providers).toContainEqual({ provide: APP_FILTER, useClass: RpcErrorFilter });
    expect(controllers.length).toBeGreaterThan(0);
  });
});

describe('the rules of the vault', () => {
  it('name the methods of the protocol, all of them and no other', () => {
    const definition = loadSync(keyVaultProtoFile, keyVaultLoaderOptions);
    const service = definition[`${keyVaultPackage}.${keyVaultService}`] ?? {};
    expect(Object.keys(keyVaultCallers).sort()).toEqual(Object.keys(service).sort());
  });
});
