import { CertificateError, parseCertificatePem, type CertificateInfo } from '#certificates';
import { KeyAgreement, type ImportKeyReply, type ImportKeyRequest } from '#contracts';
import { RcsError } from '#platform';
import type { KeyStore } from '../token/key-store.js';

/** Takes private keys in: they arrive encrypted to a key of this process and go straight into the token. */
export class KeyImportService {
  private constructor(
    private readonly keys: KeyStore,
    private readonly agreement: KeyAgreement,
  ) {}

  static async create(keys: KeyStore): Promise<KeyImportService> {
    return new KeyImportService(keys, await KeyAgreement.create());
  }

  /** JWK as JSON: what a private key must be encrypted to. */
  get publicKey(): string {
    return this.agreement.publicKey;
  }

  /** @throws RcsError RCS_KEY_REFUSED saying what is wrong with key or certificate. */
  async import(request: ImportKeyRequest, signal: AbortSignal): Promise<ImportKeyReply> {
    const contactCenter = checkedName('contact center', request.contactCenter);
    const alias = checkedName('alias', request.alias);
    const certificate = checkedCertificate(request.certificate);
    const pkcs8 = await this.agreement.open(request.jwe);
    try {
      return await this.keys.import({ contactCenter, alias, certificate, pkcs8 }, signal);
    } finally {
      pkcs8.fill(0);
    }
  }
}

/** Both names together label the key in the token, with a slash between them. */
function checkedName(what: string, name: string): string {
  if (/^[^/\p{Cc}]{1,128}$/u.test(name)) return name;
  throw new RcsError('RCS_INVALID_VALUE', `bad ${what}`, {
    publicDetail: `the ${what} must be 1 to 128 characters without slashes`,
  });
}

function checkedCertificate(pem: string): CertificateInfo {
  try {
    return parseCertificatePem(pem)[0];
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    throw new RcsError('RCS_KEY_REFUSED', error.message, { publicDetail: error.message, cause: error });
  }
}
