import type { ImportKeyReply, ImportKeyRequest, KeyPurpose } from '#contracts';
import { KeyAgreement } from '#key-vault-client';
import { RcsError, type ServiceRole } from '#platform';
import type { KeyUse } from '../callers/key-use-audit.js';
import { checkedCertificate, checkedName } from './checked-input.js';
import type { KeyBackups } from './key-backups.js';
import type { KeyPair, KeyStore } from '../token/key-store.js';

/** Takes private keys in: they arrive encrypted to a key of this process and go straight into the token. */
export class KeyImportService {
  private constructor(
    private readonly keys: KeyStore,
    private readonly backups: KeyBackups,
    private readonly agreement: KeyAgreement,
  ) {}

  static async create(keys: KeyStore, backups: KeyBackups): Promise<KeyImportService> {
    return new KeyImportService(keys, backups, await KeyAgreement.create());
  }

  /** JWK as JSON: what a private key must be encrypted to. */
  get publicKey(): string {
    return this.agreement.publicKey;
  }

  /**
   * @throws RcsError RCS_KEY_REFUSED saying what is wrong with key or certificate, RCS_KEY_BACKUP_FAILED when a copy is
   *   due and cannot be kept.
   */
  async import(
    request: ImportKeyRequest,
    role: ServiceRole,
    use: KeyUse,
    signal: AbortSignal,
  ): Promise<ImportKeyReply> {
    const purpose = checkedPurpose(request.purpose, role);
    const contactCenter = checkedName('contact center', request.contactCenter);
    const alias = checkedName('alias', request.alias);
    const certificate = checkedCertificate(request.certificate);
    const pkcs8 = await this.agreement.open(request.jwe);
    try {
      return await this.importWithCopy({ purpose, contactCenter, alias, certificate, pkcs8 }, use, signal);
    } finally {
      pkcs8.fill(0);
    }
  }

  /** The copy is written first and gets its name last: there is never a key in the token without one, nor one of a key that was refused. */
  private async importWithCopy(pair: KeyPair, use: KeyUse, signal: AbortSignal): Promise<ImportKeyReply> {
    const copy = await this.backups.prepare(pair);
    try {
      const { purpose, contactCenter, alias, certificate } = pair;
      const keyIdentifier = certificate.keyIdentifier.toString('hex');
      const recorded = await use.record({ purpose, contactCenter, alias, keyIdentifier });
      const { key, created } = await this.keys.import(pair, recorded, signal);
      await copy.commit();
      return { key: this.keys.entry(key), created };
    } finally {
      await copy.discard();
    }
  }
}

/** The local key manager itself never sees a key in clear: whoever brings one is at the command line. */
function checkedPurpose(purpose: KeyPurpose | undefined, role: ServiceRole): KeyPurpose {
  if (purpose !== 'LOCAL_KEY_MANAGER') return 'RECORDING';
  if (role === 'rcsctl') return purpose;
  throw new RcsError('RCS_CALLER_NOT_ALLOWED', `a peer with the role ${role} imported a key of the local key manager`);
}
