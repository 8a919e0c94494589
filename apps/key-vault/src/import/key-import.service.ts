import { KeyAgreement, type ImportKeyReply, type ImportKeyRequest } from '#contracts';
import { checkedCertificate, checkedName } from '../input/checked-input.js';
import type { KeyStore } from '../token/key-store.js';
import { keyEntry } from '../token/vault-key.js';

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
      const { key, created } = await this.keys.import({ contactCenter, alias, certificate, pkcs8 }, signal);
      return { key: keyEntry(key), created };
    } finally {
      pkcs8.fill(0);
    }
  }
}
