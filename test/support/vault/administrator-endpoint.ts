import { hash, X509Certificate } from 'node:crypto';
import type { KeyVaultCall, KeyVaultCalls } from '#contracts';
import { administrationGrants, GrantSigner, type AdministrationGrant, type AdministrationGrantContent } from '#grants';
import { KeyVaultEndpoint, type CallOptions } from '#key-vault-client';
import type { InternalIdentity } from '#platform';

/** The calls that a gateway makes for an administrator, as grants name them. */
export const administrationActs: Partial<Record<KeyVaultCall, AdministrationGrantContent['act']>> = {
  ImportKey: 'import',
  GenerateKeyPair: 'generate',
  CreateSelfSignedCertificate: 'self-sign',
  AttachCertificate: 'attach',
  DisableKey: 'disable',
  EnableKey: 'enable',
};

interface AnyRequest {
  readonly contactCenter?: string;
  readonly key?: { readonly contactCenter: string; readonly keyIdentifier: string };
  readonly alias?: string;
  readonly certificate?: string;
}

/** What a gateway's grant for a request must say. */
export function administrationContent(
  act: AdministrationGrantContent['act'],
  { contactCenter, key, alias, certificate }: AnyRequest,
): AdministrationGrantContent {
  return {
    act,
    sub: 'carol',
    auth_time: Math.floor(Date.now() / 1000),
    contactCenter: contactCenter ?? key?.contactCenter ?? '',
    alias: alias ?? '',
    ...(key === undefined ? {} : { keyIdentifier: key.keyIdentifier }),
    // What is no certificate is for the vault to refuse.
    ...(certificate?.startsWith('-----') === true
      ? { certificate: hash('sha256', new X509Certificate(certificate).raw, 'hex') }
      : {}),
  };
}

/** A gateway behind which an administrator, freshly logged in, asks for whatever is called. */
export class AdministratorEndpoint extends KeyVaultEndpoint {
  private constructor(
    address: string,
    identity: InternalIdentity,
    private readonly signer: GrantSigner<AdministrationGrant>,
  ) {
    super(address, { current: identity });
  }

  static open(address: string, identity: InternalIdentity): AdministratorEndpoint {
    return new AdministratorEndpoint(address, identity, new GrantSigner({ current: identity }, administrationGrants));
  }

  override async call<Name extends KeyVaultCall>(
    name: Name,
    request: KeyVaultCalls[Name]['request'],
    options: CallOptions,
  ): Promise<KeyVaultCalls[Name]['reply']> {
    const act = administrationActs[name];
    if (act === undefined || 'grant' in request) return super.call(name, request, options);
    const grant = this.signer.sign(administrationContent(act, request as AnyRequest));
    return super.call(name, { ...request, grant }, options);
  }
}
