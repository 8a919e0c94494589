import type { KeyEntry } from '#contracts';
import type { KeyVaultClient, KeyVaultEndpoint } from '#key-vault-client';
import { RcsError } from '#platform';

const timeoutMs = 30_000;

/** One key at one vault: each may have tokens, and thereby times, of its own. */
export interface HeldKey {
  readonly vault: KeyVaultEndpoint;
  readonly key: KeyEntry;
}

/** Every key at every vault. @throws RcsError when one of them does not answer: half a list would mislead. */
export async function heldKeys(vaults: KeyVaultClient): Promise<HeldKey[]> {
  const lists = await Promise.all(
    vaults.endpoints.map(async vault => {
      const { keys } = await vault.call('ListKeys', { contactCenter: '' }, { timeoutMs });
      return keys.map(key => ({ vault, key }));
    }),
  );
  return lists.flat();
}

/**
 * The one key of this alias, at all vaults that hold it.
 * @throws RcsError RCS_NOT_FOUND, RCS_INVALID_VALUE when several contact centers have the alias
 */
export function namedKey(
  held: readonly HeldKey[],
  alias: string,
  contactCenter: string | undefined,
): readonly [HeldKey, ...HeldKey[]] {
  const found = held.filter(
    ({ key }) => key.alias === alias && (contactCenter ?? key.contactCenter) === key.contactCenter,
  );
  const [first, ...others] = found;
  if (first === undefined) {
    const publicDetail = `no vault holds a key ${JSON.stringify(alias)}${contactCenter === undefined ? '' : ` of contact center ${contactCenter}`}: rcsctl keys list shows what there is`;
    throw new RcsError('RCS_NOT_FOUND', publicDetail, { publicDetail });
  }
  const owners = new Set(found.map(({ key }) => `${key.purpose} ${key.contactCenter} ${key.keyIdentifier}`));
  if (owners.size > 1) {
    const publicDetail = `several keys are called ${JSON.stringify(alias)}: say whose with --contact-center (${[...new Set(found.map(({ key }) => key.contactCenter))].join(', ')})`;
    throw new RcsError('RCS_INVALID_VALUE', publicDetail, { publicDetail });
  }
  return [first, ...others];
}
