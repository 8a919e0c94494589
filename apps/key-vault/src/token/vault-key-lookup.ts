import type { KeyName, KeyPurpose } from '#contracts';
import type { TokenKey } from '#pkcs11';
import { RcsError } from '#platform';
import type { RecipientIdentifier } from './recipient-identifier.js';
import { withTokenFailures } from './token-failures.js';
import type { TokenSet } from './token-set.js';
import { vaultKey, type VaultKey } from './vault-key.js';

/** Finds keys in the tokens by the names that recipients, callers and certificates have for them. */
export class VaultKeyLookup {
  /** Keys that open session keys, which come with every unwrapping: their names are read once. */
  private readonly used = new WeakMap<TokenKey, VaultKey>();

  constructor(private readonly token: TokenSet) {}

  /**
   * Those of the keys bearing the name a recipient gives that are wanted, the likeliest first, as far as they are known
   * without asking a token. Keys by their aliases are looked for by `find` alone.
   */
  known(name: RecipientIdentifier, isWanted: (key: VaultKey) => boolean): readonly VaultKey[] {
    if (name.type === 'key-name') return [];
    return this.token
      .knownKeys(name)
      .map(tokenKey => this.remembered(tokenKey))
      .filter(isWanted);
  }

  /** As `known`; the tokens are read again where none is known. */
  async find(
    name: RecipientIdentifier,
    isWanted: (key: VaultKey) => boolean,
    signal: AbortSignal,
  ): Promise<readonly VaultKey[]> {
    const filter = (tokenKey: TokenKey): boolean => isWanted(this.remembered(tokenKey));
    const found = await withTokenFailures(
      name.type === 'key-name'
        ? this.token.findKeysWhere(key => this.remembered(key).alias === name.keyName && filter(key), signal)
        : this.token.findKeys(name, filter, signal),
    );
    return found.map(tokenKey => this.remembered(tokenKey));
  }

  /**
   * The key of this name, once for each of its certificates.
   * @throws RcsError RCS_NOT_FOUND also for a key of another contact center or purpose.
   */
  async named(name: KeyName, purpose: KeyPurpose, signal: AbortSignal): Promise<readonly [VaultKey, ...VaultKey[]]> {
    const [first, ...others] = await this.findOwn(
      name.keyIdentifier,
      key => key.contactCenter === name.contactCenter && key.purpose === purpose,
      signal,
    );
    if (first !== undefined) return [first, ...others];
    throw new RcsError('RCS_NOT_FOUND', 'no such key', {
      publicDetail: 'the token holds no such key of this contact center',
    });
  }

  /** The wanted among the keys that are this very key, once for each certificate: what only claims its identifier is not. */
  findOwn(
    keyIdentifier: string,
    isWanted: (key: VaultKey) => boolean,
    signal: AbortSignal,
  ): Promise<readonly VaultKey[]> {
    const name = { type: 'subject-key-identifier', keyIdentifier: Buffer.from(keyIdentifier, 'hex') } as const;
    return this.find(name, key => key.keyIdentifier === keyIdentifier && isWanted(key), signal);
  }

  private remembered(tokenKey: TokenKey): VaultKey {
    const known = this.used.get(tokenKey) ?? vaultKey(tokenKey);
    this.used.set(tokenKey, known);
    return known;
  }
}
