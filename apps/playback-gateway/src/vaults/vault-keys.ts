import { Injectable } from '@nestjs/common';
import type { KeyEntry, KeyReply } from '#contracts';
import { encryptToPublicKey, KeyVaultClient, type KeyVaultEndpoint } from '#key-vault-client';
import { RcsError } from '#platform';
import type { Administrator } from '../access/certificate-administrator.js';
import { AdministrationGrants } from './administration-grants.js';

/** A private key on its way to one vault, encrypted to it. */
export interface EncryptedPrivateKey {
  /** Address of the vault as `importKeys` gave it. */
  readonly vault: string;
  readonly jwe: string;
}

/** What shall be put into the tokens under which name. */
export interface NamedCertificate {
  readonly alias: string;
  /** PEM. */
  readonly certificate: string;
}

export interface NamedPrivateKey {
  readonly alias: string;
  /** Lower-case hexadecimal. */
  readonly keyIdentifier: string;
}

export interface KeyDisabling {
  /** Sources whose recordings cannot be listed. */
  readonly unlistableSources: readonly string[];
  /** What operators have signed about it. */
  readonly approvals: readonly string[];
}

type KeysByContactCenter = ReadonlyMap<string, readonly KeyEntry[]>;
const noKeys: readonly KeyEntry[] = [];

const timeoutMs = 20_000;
/** Making two large primes is a matter of luck. */
const generationTimeoutMs = 29_000;
const listTimeoutMs = 3000;
const listTimeToLiveMs = 5000;

/** The keys in the tokens, as the gateway manages them. Every vault gets every key: each may have a token of its own. */
@Injectable()
export class VaultKeys {
  private listed: { readonly at: number; readonly keys: Promise<KeysByContactCenter> } | undefined;

  constructor(
    private readonly vaults: KeyVaultClient,
    private readonly grants: AdministrationGrants,
  ) {}

  /** The next `list` asks the vaults again. */
  forget(): void {
    this.listed = undefined;
  }

  /**
   * Keys for recordings, as they were at most some seconds ago; the same array until the vaults are asked again.
   * @throws RcsError when no vault answers.
   */
  async list(contactCenter: string): Promise<readonly KeyEntry[]> {
    const now = performance.now();
    if (this.listed === undefined || now - this.listed.at > listTimeToLiveMs) {
      const keys = this.readAll();
      keys.catch(() => this.forget());
      this.listed = { at: now, keys };
    }
    return (await this.listed.keys).get(contactCenter) ?? noKeys;
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
  async import(
    administrator: Administrator,
    { alias, certificate }: NamedCertificate,
    keys: readonly EncryptedPrivateKey[],
  ): Promise<{ readonly created: boolean }> {
    const { contactCenter, requestId } = administrator;
    const vaults = await this.requireAny();
    const jobs = vaults.map(vault => ({ vault, jwe: jweFor(vault, keys, vaults.length) }));
    const grant = this.grants.sign(administrator, { act: 'import', alias, certificate });
    const request = { contactCenter, alias, certificate, grant };
    const replies = await Promise.all(
      jobs.map(({ vault, jwe }) => vault.call('ImportKey', { ...request, jwe }, { timeoutMs, requestId })),
    );
    this.forget();
    return { created: replies.some(({ created }) => created) };
  }

  async generate(administrator: Administrator, alias: string, modulusBits: number): Promise<KeyEntry> {
    const { contactCenter, requestId } = administrator;
    const grant = this.grants.sign(administrator, { act: 'generate', alias });
    const { key } = await this.oneVault(generationTimeoutMs, (vault, limit) =>
      vault.call('GenerateKeyPair', { contactCenter, alias, modulusBits, grant }, { timeoutMs: limit, requestId }),
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

  async attach(
    administrator: Administrator,
    { alias, certificate }: NamedCertificate,
    keyIdentifier: string,
  ): Promise<void> {
    const { contactCenter, requestId } = administrator;
    const grant = this.grants.sign(administrator, { act: 'attach', alias, keyIdentifier, certificate });
    const request = { key: { contactCenter, keyIdentifier }, alias, certificate, grant };
    await this.oneVault(timeoutMs, (vault, limit) =>
      vault.call('AttachCertificate', request, { timeoutMs: limit, requestId }),
    );
  }

  /**
   * Takes a private key out of use in every token, so that it opens nothing until it is enabled again.
   * @throws RcsError of a vault; RCS_VAULT_UNAVAILABLE before anything changed when one of them does not answer.
   */
  async disable(
    administrator: Administrator,
    { alias, keyIdentifier }: NamedPrivateKey,
    { unlistableSources, approvals }: KeyDisabling,
  ): Promise<KeyEntry> {
    const { contactCenter, requestId } = administrator;
    const grant = this.grants.sign(administrator, {
      act: 'disable',
      alias,
      keyIdentifier,
      unlistableSources: [...unlistableSources],
    });
    const request = { key: { contactCenter, keyIdentifier }, alias, grant, approvals };
    await this.everyVault(vault => vault.call('Status', {}, { timeoutMs: listTimeoutMs, requestId }));
    return this.everyHolder(vault => vault.call('DisableKey', request, { timeoutMs, requestId }));
  }

  /** @throws RcsError RCS_NOT_FOUND when no token has the key any more */
  async enable(administrator: Administrator, { alias, keyIdentifier }: NamedPrivateKey): Promise<KeyEntry> {
    const { contactCenter, requestId } = administrator;
    const grant = this.grants.sign(administrator, { act: 'enable', alias, keyIdentifier });
    const request = { key: { contactCenter, keyIdentifier }, alias, grant };
    return this.everyHolder(vault => vault.call('EnableKey', request, { timeoutMs, requestId }));
  }

  /** Asks every vault; one whose tokens do not have the key has nothing to do with it. */
  private async everyHolder(work: (vault: KeyVaultEndpoint) => Promise<KeyReply>): Promise<KeyEntry> {
    const answers = await this.everyVault(async vault => {
      try {
        return await work(vault);
      } catch (error) {
        if (error instanceof RcsError && ['RCS_KEY_NOT_FOUND', 'RCS_NOT_FOUND'].includes(error.code)) return error;
        throw error;
      }
    });
    this.forget();
    const answer = answers.find(one => !(one instanceof RcsError)) ?? answers[0];
    if (answer === undefined || answer instanceof RcsError) throw answer ?? new RcsError('RCS_VAULT_UNAVAILABLE');
    return answer.key;
  }

  private async readAll(): Promise<KeysByContactCenter> {
    const { keys } = await this.oneVault(listTimeoutMs, (vault, limit) =>
      vault.call('ListKeys', { contactCenter: '' }, { timeoutMs: limit }),
    );
    const forRecordings = keys.filter(({ purpose }) => purpose !== 'LOCAL_KEY_MANAGER');
    return Map.groupBy(forRecordings, ({ contactCenter }) => contactCenter);
  }

  private async oneVault<T>(limitMs: number, work: (vault: KeyVaultEndpoint, timeoutMs: number) => Promise<T>) {
    const result = await this.vaults.anyVault(limitMs, work);
    return result;
  }

  private async everyVault<T>(work: (vault: KeyVaultEndpoint) => Promise<T>): Promise<T[]> {
    return Promise.all((await this.requireAny()).map(work));
  }

  private async requireAny(): Promise<readonly KeyVaultEndpoint[]> {
    const vaults = await this.vaults.allEndpoints();
    if (vaults.length > 0) return vaults;
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
