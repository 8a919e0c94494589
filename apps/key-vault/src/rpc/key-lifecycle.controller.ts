import { hash } from 'node:crypto';
import { Controller } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';
import {
  keyVaultService,
  type AttachCertificateRequest,
  type CreateCertificateSigningRequestReply,
  type CreateCertificateSigningRequestRequest,
  type CreateSelfSignedCertificateRequest,
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
import type { AdministrationGrant } from '#grants';
import type { ServiceRole } from '#platform';
import { AdministrationAuthority, type AdministrationAct } from '../callers/administration-authority.js';
import { KeyUseAudit, type KeyUse, type UsedKey } from '../callers/key-use-audit.js';
import { KeyImportService } from '../keys/key-import.service.js';
import { checkedCertificate, checkedName } from '../keys/checked-input.js';
import { CertificateService } from '../keys/certificate.service.js';
import { KeyLifecycleService } from '../keys/key-lifecycle.service.js';
import { KeyStore } from '../token/key-store.js';
import type { CallContext } from '../callers/call-context.js';
import { CurrentCall } from './current-call.js';

/** How keys come, get certificates and are listed. Every change is audited. */
@Controller()
export class KeyLifecycleController {
  constructor(
    private readonly audit: KeyUseAudit,
    private readonly authority: AdministrationAuthority,
    private readonly imports: KeyImportService,
    private readonly lifecycle: KeyLifecycleService,
    private readonly certificates: CertificateService,
    private readonly keys: KeyStore,
  ) {}

  @GrpcMethod(keyVaultService, 'GetImportKey')
  getImportKey(): GetImportKeyReply {
    return { publicKey: this.imports.publicKey };
  }

  @GrpcMethod(keyVaultService, 'ImportKey')
  importKey(@Payload() request: ImportKeyRequest, @CurrentCall() context: CallContext): Promise<ImportKeyReply> {
    return this.audit.of('import', context, async use => {
      const { contactCenter, alias } = request;
      const certificate = fingerprintOf(request.certificate);
      this.permit(request.grant, 'import', { contactCenter, alias, certificate }, context, use);
      const reply = await this.imports.import(request, context.role, use, context.signal);
      use.key = reply.key;
      return reply;
    });
  }

  @GrpcMethod(keyVaultService, 'ListKeys')
  async listKeys(
    @Payload() request: ListKeysRequest,
    @CurrentCall() { role, signal }: CallContext,
  ): Promise<ListKeysReply> {
    if (role === 'local-key-manager') checkedName('contact center', request.contactCenter);
    const visible = (await this.keys.glance(signal)).filter(
      ({ contactCenter, purpose }) =>
        (request.contactCenter === '' || contactCenter === request.contactCenter) &&
        (role === 'rcsctl' || purpose === purposeFor(role)),
    );
    return { keys: visible.map(key => this.keys.entry(key)) };
  }

  @GrpcMethod(keyVaultService, 'GenerateKeyPair')
  generateKeyPair(@Payload() request: GenerateKeyPairRequest, @CurrentCall() context: CallContext): Promise<KeyReply> {
    return this.audit.of('generate', context, async use => {
      const purpose = purposeFor(context.role);
      use.key = { purpose, contactCenter: request.contactCenter, alias: request.alias, keyIdentifier: '' };
      const { contactCenter, alias } = request;
      this.permit(request.grant, 'generate', { contactCenter, alias }, context, use);
      const reply = await this.lifecycle.generate(request, purpose, use, context.signal);
      use.key = reply.key;
      return reply;
    });
  }

  @GrpcMethod(keyVaultService, 'CreateCertificateSigningRequest')
  createCertificateSigningRequest(
    @Payload() request: CreateCertificateSigningRequestRequest,
    @CurrentCall() context: CallContext,
  ): Promise<CreateCertificateSigningRequestReply> {
    return this.audit.of('sign-request', context, use => {
      use.key = named(request.key, '');
      return this.certificates.request(request, use, context.signal);
    });
  }

  @GrpcMethod(keyVaultService, 'CreateSelfSignedCertificate')
  createSelfSignedCertificate(
    @Payload() request: CreateSelfSignedCertificateRequest,
    @CurrentCall() context: CallContext,
  ): Promise<KeyReply> {
    return this.audit.of('self-sign', context, async use => {
      use.key = named(request.key, request.alias);
      this.permit(request.grant, 'self-sign', use.key, context, use);
      const reply = await this.certificates.selfSign(request, use, context.signal);
      use.key = reply.key;
      return reply;
    });
  }

  @GrpcMethod(keyVaultService, 'AttachCertificate')
  attachCertificate(
    @Payload() request: AttachCertificateRequest,
    @CurrentCall() context: CallContext,
  ): Promise<KeyReply> {
    return this.audit.of('attach', context, async use => {
      use.key = named(request.key, request.alias);
      const certificate = fingerprintOf(request.certificate);
      this.permit(request.grant, 'attach', { ...use.key, certificate }, context, use);
      const reply = await this.certificates.attach(request, use, context.signal);
      use.key = reply.key;
      return reply;
    });
  }

  /** A gateway shows with every change that an administrator has just asked for it. */
  private permit(
    grant: string | undefined,
    act: AdministrationGrant['act'],
    { contactCenter, alias, keyIdentifier, certificate }: Omit<AdministrationAct, 'act'>,
    context: CallContext,
    use: KeyUse,
  ): void {
    this.authority.permit(grant, { act, contactCenter, alias, keyIdentifier, certificate }, context, use);
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

/** As grants name a certificate: SHA-256 of its DER, hexadecimal. */
const fingerprintOf = (pem: string): string => hash('sha256', checkedCertificate(pem).der, 'hex');
