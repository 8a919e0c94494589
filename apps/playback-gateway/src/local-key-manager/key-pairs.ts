import { createPublicKey, randomUUID } from 'node:crypto';
import type { KeyEntry, KeyVaultClient } from '#contracts';
import type { LocalKeyManagerStore, LocalKeyPair } from '#store';

/** A key pair as callers see it. */
export type KeyPairResource = Pick<LocalKeyPair, 'id' | 'publicKey' | 'dateCreated'>;

/** The size that Genesys Cloud takes. */
const modulusBits = 3072;
/** Finding two primes takes a token from a moment to many seconds. */
const generationTimeoutMs = 60_000;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export interface VaultCall {
  readonly requestId: string;
  readonly signal: AbortSignal;
}

/** Key pairs live in the token, under their id; the store only keeps when they came and spares the vault a question. */
export class KeyPairs {
  constructor(
    private readonly vaults: KeyVaultClient,
    private readonly store: LocalKeyManagerStore,
    /** Under which name the token keeps them. */
    private readonly organization: string,
    private readonly timeoutMs: number,
  ) {}

  /** Makes a key pair inside the token. @throws RcsError of the vault. */
  async generate(call: VaultCall): Promise<LocalKeyPair> {
    const request = { contactCenter: this.organization, alias: randomUUID(), modulusBits };
    const { key } = await this.vaults.anyVault(generationTimeoutMs, (vault, timeoutMs) =>
      vault.call('GenerateKeyPair', request, { timeoutMs, ...call }),
    );
    return this.store.addKeyPair(asKeyPair(key));
  }

  /** All that are in the token, the oldest first: those that were imported, too. */
  async list(call: VaultCall): Promise<readonly LocalKeyPair[]> {
    const known = new Map((await this.store.keyPairs()).map(keyPair => [keyPair.id, keyPair]));
    const inToken = (await this.keys(call)).map(
      async key => known.get(key.alias) ?? this.store.addKeyPair(asKeyPair(key)),
    );
    return (await Promise.all(inToken)).sort((one, other) => one.dateCreated - other.dateCreated);
  }

  /** undefined for an id that the token does not have. */
  async find(id: string, call: VaultCall): Promise<LocalKeyPair | undefined> {
    if (!uuid.test(id)) return undefined;
    const known = await this.store.keyPair(id);
    if (known !== undefined) return known;
    const key = (await this.keys(call)).find(({ alias }) => alias === id);
    return key === undefined ? undefined : this.store.addKeyPair(asKeyPair(key));
  }

  private async keys(call: VaultCall): Promise<readonly KeyEntry[]> {
    const request = { contactCenter: this.organization };
    const { keys } = await this.vaults.anyVault(this.timeoutMs, (vault, timeoutMs) =>
      vault.call('ListKeys', request, { timeoutMs, ...call }),
    );
    return keys.filter(({ alias }) => uuid.test(alias));
  }
}

export const keyPairResource = ({ id, publicKey, dateCreated }: LocalKeyPair): KeyPairResource => ({
  id,
  publicKey,
  dateCreated,
});

function asKeyPair({ alias, keyIdentifier, publicKey }: KeyEntry): LocalKeyPair {
  const key = createPublicKey({ key: publicKey, format: 'der', type: 'spki' });
  return {
    id: alias,
    keyIdentifier,
    publicKey: key.export({ format: 'der', type: 'pkcs1' }).toString('base64'),
    dateCreated: Date.now(),
  };
}
