import { certificatePem } from '#certificates';
import type { KeyEntry } from '#contracts';
import type { DisabledKey } from './disabled-key.js';
import { rsaPublicKey, type TokenKey } from '#pkcs11';
import { parseKeyLabel, type KeyLabel } from './key-label.js';

/** A private key in a token and whom it belongs to. */
export interface VaultKey extends KeyLabel {
  /** Lower-case hexadecimal. */
  readonly keyIdentifier: string;
  readonly tokenKey: TokenKey;
}

export const vaultKey = (tokenKey: TokenKey): VaultKey => ({
  ...parseKeyLabel(tokenKey.label),
  keyIdentifier: tokenKey.id.toString('hex'),
  tokenKey,
});

/** What callers see of a key. */
export function keyEntry(
  { tokenKey, contactCenter, alias, purpose, keyIdentifier }: VaultKey,
  disabled: DisabledKey | undefined,
): KeyEntry {
  return {
    ...stateOf(disabled),
    contactCenter,
    alias,
    purpose,
    keyIdentifier,
    modulusBits: tokenKey.modulus.length * 8,
    certificate: tokenKey.certificate === undefined ? '' : certificatePem(tokenKey.certificate),
    publicKey: rsaPublicKey(tokenKey.modulus, tokenKey.publicExponent).export({ format: 'der', type: 'spki' }),
  };
}

function stateOf(
  disabled: DisabledKey | undefined,
): Required<Pick<KeyEntry, 'state' | 'disabledAt' | 'destroyableAt' | 'disabledBy' | 'unlistableSources'>> {
  return {
    state: disabled === undefined ? 'ACTIVE' : 'DISABLED',
    disabledAt: disabled?.mark?.disabledAt ?? '',
    destroyableAt: disabled?.mark?.destroyableAt ?? '',
    disabledBy: disabled?.mark?.by ?? '',
    unlistableSources: disabled?.mark?.unlistableSources ?? [],
  };
}
