import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { Controller, UseFilters } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import {
  keyVaultService,
  type AttachCertificateRequest,
  type CreateCertificateSigningRequestReply,
  type CreateCertificateSigningRequestRequest,
  type CreateSelfSignedCertificateRequest,
  type DeleteKeyReply,
  type DeleteKeyRequest,
  type GenerateKeyPairRequest,
  type GetImportKeyReply,
  type ImportKeyReply,
  type ImportKeyRequest,
  type KeyName,
  type KeyPurpose,
  type KeyReply,
  type ListKeysReply,
  type ListKeysRequest,
} from '#contracts';
import type { ServiceRole } from '#platform';
import { KeyUseAudit, type UsedKey } from '../audit/key-use-audit.js';
import { KeyImportService } from '../import/key-import.service.js';
import { checkedName } from '../input/checked-input.js';
import { CertificateService } from '../key-lifecycle/certificate.service.js';
import { KeyLifecycleService } from '../key-lifecycle/key-lifecycle.service.js';
import { KeyStore } from '../token/key-store.js';
import { keyEntry } from '../token/vault-key.js';
import { CallRunner } from './call-runner.js';
import { RpcErrorFilter } from './rpc-error.filter.js';

type Call = ServerUnaryCall<unknown, unknown>;

/** How keys come, get certificates, are listed and go. Every change is audited. */
@Controller()
@UseFilters(RpcErrorFilter)
export class KeyLifecycleController {
  constructor(
    private readonly runner: CallRunner,
    private readonly audit: KeyUseAudit,
    private readonly imports: KeyImportService,
    private readonly lifecycle: KeyLifecycleService,
    private readonly certificates: CertificateService,
    private readonly keys: KeyStore,
  ) {}

  @GrpcMethod(keyVaultService, 'GetImportKey')
  getImportKey(_request: unknown, metadata: Metadata, call: Call): Promise<GetImportKeyReply> {
    return this.runner.run('GetImportKey', metadata, call, () => ({ publicKey: this.imports.publicKey }));
  }

  @GrpcMethod(keyVaultService, 'ImportKey')
  importKey(request: ImportKeyRequest, metadata: Metadata, call: Call): Promise<ImportKeyReply> {
    return this.runner.run('ImportKey', metadata, call, context =>
      this.audit.of('import', context, async use => {
        const reply = await this.imports.import(request, context.role, context.signal);
        use.key = reply.key;
        return reply;
      }),
    );
  }

  @GrpcMethod(keyVaultService, 'ListKeys')
  listKeys(request: ListKeysRequest, metadata: Metadata, call: Call): Promise<ListKeysReply> {
    return this.runner.run('ListKeys', metadata, call, async ({ role, signal }) => {
      if (role === 'local-key-manager') checkedName('contact center', request.contactCenter);
      const visible = (await this.keys.list(signal)).filter(
        ({ contactCenter, purpose }) =>
          (request.contactCenter === '' || contactCenter === request.contactCenter) &&
          (role === 'rcsctl' || purpose === purposeFor(role)),
      );
      return { keys: visible.map(keyEntry) };
    });
  }

  @GrpcMethod(keyVaultService, 'GenerateKeyPair')
  generateKeyPair(request: GenerateKeyPairRequest, metadata: Metadata, call: Call): Promise<KeyReply> {
    return this.runner.run('GenerateKeyPair', metadata, call, context =>
      this.audit.of('generate', context, async use => {
        const purpose = purposeFor(context.role);
        use.key = { purpose, contactCenter: request.contactCenter, alias: request.alias, keyIdentifier: '' };
        const reply = await this.lifecycle.generate(request, purpose, context.signal);
        use.key = reply.key;
        return reply;
      }),
    );
  }

  @GrpcMethod(keyVaultService, 'CreateCertificateSigningRequest')
  createCertificateSigningRequest(
    request: CreateCertificateSigningRequestRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<CreateCertificateSigningRequestReply> {
    return this.runner.run('CreateCertificateSigningRequest', metadata, call, context =>
      this.audit.of('sign-request', context, use => {
        use.key = named(request.key, '');
        return this.certificates.request(request, context.signal);
      }),
    );
  }

  @GrpcMethod(keyVaultService, 'CreateSelfSignedCertificate')
  createSelfSignedCertificate(
    request: CreateSelfSignedCertificateRequest,
    metadata: Metadata,
    call: Call,
  ): Promise<KeyReply> {
    return this.runner.run('CreateSelfSignedCertificate', metadata, call, context =>
      this.audit.of('self-sign', context, async use => {
        use.key = named(request.key, request.alias);
        const reply = await this.certificates.selfSign(request, context.signal);
        use.key = reply.key;
        return reply;
      }),
    );
  }

  @GrpcMethod(keyVaultService, 'AttachCertificate')
  attachCertificate(request: AttachCertificateRequest, metadata: Metadata, call: Call): Promise<KeyReply> {
    return this.runner.run('AttachCertificate', metadata, call, context =>
      this.audit.of('attach', context, async use => {
        use.key = named(request.key, request.alias);
        const reply = await this.certificates.attach(request, context.signal);
        use.key = reply.key;
        return reply;
      }),
    );
  }

  @GrpcMethod(keyVaultService, 'DeleteKey')
  deleteKey(request: DeleteKeyRequest, metadata: Metadata, call: Call): Promise<DeleteKeyReply> {
    return this.runner.run('DeleteKey', metadata, call, context =>
      this.audit.of('delete', context, use => {
        const purpose = purposeFor(context.role);
        use.key = { ...named(request.key, request.alias), purpose };
        return this.lifecycle.delete(request, purpose, context.signal);
      }),
    );
  }
}

/** Keys of the local key manager and of recordings never meet: each is made, seen and removed by its own side. */
const purposeFor = (role: ServiceRole): KeyPurpose =>
  role === 'local-key-manager' ? 'LOCAL_KEY_MANAGER' : 'RECORDING';

/** A key by what the request says of it, for the record of a use that fails. */
function named(name: KeyName | null | undefined, alias: string): UsedKey {
  const { contactCenter = '', keyIdentifier = '' } = name ?? {};
  return { purpose: 'RECORDING', contactCenter, alias, keyIdentifier };
}
