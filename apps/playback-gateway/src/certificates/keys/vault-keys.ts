import { encryptToPublicKey, type KeyEntry, type KeyVaultClient, type KeyVaultEndpoint } from '#contracts';
import { RcsError } from '#platform';

/** A private key on its way to one vault, encrypted to it. */
export interface EncryptedPrivateKey {
  /** Address of the vault as `importKeys` gave it. */
  readonly vault: string;
  readonly jwe: string;
}

export interface ImportTarget {
  readonly contactCenter: string;
  readonly alias: string;
  /** PEM. */
  readonly certificate: string;
  readonly requestId: string;
}

const timeoutMs = 20_000;
/** Making two large primes is a matter of luck. */
const generationTimeoutMs = 29_000;
const listTimeoutMs = 3000;
const listTimeToLiveMs = 5000;

/** The keys in the tokens, as the gateway manages them. Every vault gets every key: each may have a token of its own. */
export class VaultKeys {
  private listed: { readonly at: number; readonly keys: Promise<readonly KeyEntry[]> } | undefined;

  constructor(private readonly vaults: KeyVaultClient) {}

  /** The next `list` asks the vaults anew. */
  forget(): void {
    this.listed = undefined;
  }

  /** Keys for recordings, as they were at most some seconds ago. @throws RcsError when no vault answers. */
  async list(contactCenter: string): Promise<readonly KeyEntry[]> {
    const now = Date.now();
    if (this.listed === undefined || now - this.listed.at > listTimeToLiveMs) {
      const keys = this.readAll();
      keys.catch(() => this.forget());
      this.listed = { at: now, keys };
    }
    return (await this.listed.keys).filter(key => key.contactCenter === contactCenter);
  }

  /** The public keys to which a private key must be encrypted on its way to the vaults. */
  async importKeys(requestId: string): Promise<{ vault: string; publicKey: unknown }[]> {
    return this.everyVault(async vault => {
      const { publicKey } = await vault.call('GetImportKey', {}, { timeoutMs, requestId });
      return { vault: vault.address, publicKey: JSON.parse(publicKey) as unknown };
    });
  }

  /** Encrypts a private key (PKCS#8, DER) to every vault. The caller zeroes it. */
  async encrypted(pkcs8: Buffer, requestId: string): Promise<EncryptedPrivateKey[]> {
    const targets = await this.importKeys(requestId);
    return Promise.all(
      targets.map(async ({ vault, publicKey }) => ({
        vault,
        jwe: await encryptToPublicKey(JSON.stringify(publicKey), pkcs8),
      })),
    );
  }

  /** @throws RcsError of the vault; RCS_INVALID_VALUE when a vault is left without its JWE. */
  async import(target: ImportTarget, keys: readonly EncryptedPrivateKey[]): Promise<{ readonly created: boolean }> {
    const { requestId, ...pair } = target;
    const jobs = this.requireAny().map(vault => ({ vault, jwe: jweFor(vault, keys, this.vaults.endpoints.length) }));
    const replies = await Promise.all(
      jobs.map(({ vault, jwe }) => vault.call('ImportKey', { ...pair, jwe }, { timeoutMs, requestId })),
    );
    this.forget();
    return { created: replies.some(({ created }) => created) };
  }

  async generate(contactCenter: string, alias: string, modulusBits: number, requestId: string): Promise<KeyEntry> {
    const { key } = await this.oneVault(generationTimeoutMs, (vault, limit) =>
      vault.call('GenerateKeyPair', { contactCenter, alias, modulusBits }, { timeoutMs: limit, requestId }),
    );
    return key;
  }

  async certificateSigningRequest(
    contactCenter: string,
    keyIdentifier: string,
    subject: string,
    requestId: string,
  ): Promise<string> {
    const key = { contactCenter, keyIdentifier };
    const reply = await this.oneVault(timeoutMs, (vault, limit) =>
      vault.call('CreateCertificateSigningRequest', { key, subject: { subject } }, { timeoutMs: limit, requestId }),
    );
    return reply.certificateSigningRequest;
  }

  async attach(target: ImportTarget, keyIdentifier: string): Promise<void> {
    const { contactCenter, alias, certificate, requestId } = target;
    await this.oneVault(timeoutMs, (vault, limit) =>
      vault.call(
        'AttachCertificate',
        { key: { contactCenter, keyIdentifier }, alias, certificate },
        { timeoutMs: limit, requestId },
      ),
    );
  }

  /** Takes a certificate and, with the last one, its private key out of every token; one that is gone is gone. */
  async remove(contactCenter: string, alias: string, keyIdentifier: string, requestId: string): Promise<boolean> {
    const request = { key: { contactCenter, keyIdentifier }, alias };
    const answers = await this.everyVault(async vault => {
      try {
        return (await vault.call('DeleteKey', request, { timeoutMs, requestId })).privateKeyDestroyed;
      } catch (error) {
        // Vaults may share a token: what one has deleted the next does not know any more.
        if (error instanceof RcsError && ['RCS_KEY_NOT_FOUND', 'RCS_NOT_FOUND'].includes(error.code)) return error;
        throw error;
      }
    });
    this.forget();
    const [first] = answers;
    const unknownToAll = answers.every(answer => answer instanceof RcsError && answer.code === 'RCS_NOT_FOUND');
    if (unknownToAll && first instanceof RcsError) throw first;
    return answers.includes(true);
  }

  private async readAll(): Promise<readonly KeyEntry[]> {
    const { keys } = await this.oneVault(listTimeoutMs, (vault, limit) =>
      vault.call('ListKeys', { contactCenter: '' }, { timeoutMs: limit }),
    );
    return keys.filter(({ purpose }) => purpose !== 'LOCAL_KEY_MANAGER');
  }

  private async oneVault<T>(limitMs: number, work: (vault: KeyVaultEndpoint, timeoutMs: number) => Promise<T>) {
    const result = await this.vaults.anyVault(limitMs, work);
    return result;
  }

  private everyVault<T>(work: (vault: KeyVaultEndpoint) => Promise<T>): Promise<T[]> {
    return Promise.all(this.requireAny().map(work));
  }

  private requireAny(): readonly KeyVaultEndpoint[] {
    if (this.vaults.endpoints.length > 0) return this.vaults.endpoints;
    throw new RcsError('RCS_VAULT_UNAVAILABLE', 'recordingCertificates.vaultAddresses names no key vault');
  }
}

/** A single JWE without a vault may stand where there is only one. */
function jweFor(vault: KeyVaultEndpoint, keys: readonly EncryptedPrivateKey[], vaults: number): string {
  const own = keys.find(key => key.vault === vault.address) ?? (vaults === 1 ? keys[0] : undefined);
  if (own !== undefined) return own.jwe;
  throw new RcsError('RCS_INVALID_VALUE', undefined, {
    publicDetail: `keyJwe: there is none for the vault ${vault.address}; encrypt the key to every key of /rcs/keys/import-keys`,
  });
}
