import { hostname, userInfo } from 'node:os';
import type { KeyEntry } from '#contracts';
import { keyApprovals, type KeyApprovalContent } from '#grants';
import { RcsError, type Configuration } from '#platform';
import { operatorSigner } from '../operator/operator-signer.js';
import { textTable } from '../terminal/text-table.js';
import type { HeldKey } from './named-key.js';

const timeoutMs = 60_000;
type Held = readonly [HeldKey, ...HeldKey[]];

/** Takes a key out of use, or into use again, at every vault. */
export async function setKeyState(held: Held, call: 'DisableKey' | 'EnableKey'): Promise<KeyEntry> {
  const entries: KeyEntry[] = [];
  for (const { vault, key } of held) {
    entries.push((await vault.call(call, requestFor(key), { timeoutMs })).key);
  }
  return entries[0] ?? held[0].key;
}

/**
 * Signs as the operator of the configuration: once for each time at which vaults have disabled the key.
 * @param sources those that the operator has thought of; all that the vaults name must be among them.
 * @throws RcsError RCS_INVALID_VALUE naming the sources that were not named
 */
export function approve(
  held: Held,
  purpose: KeyApprovalContent['purpose'],
  sources: readonly string[],
  configuration: Configuration,
): string[] {
  const signer = operatorSigner(configuration, keyApprovals);
  const unnamed = held.flatMap(({ key }) => key.unlistableSources ?? []).filter(source => !sources.includes(source));
  if (purpose === 'destroy' && unnamed.length > 0) {
    const names = [...new Set(unnamed)].map(source => `--source ${JSON.stringify(source)}`).join(' ');
    const publicDetail = `recordings of sources that nobody can list may need the key; look there, then say ${names}`;
    throw new RcsError('RCS_INVALID_VALUE', publicDetail, { publicDetail });
  }
  const times = purpose === 'destroy' ? new Set(held.map(({ key }) => disabledAt(key))) : new Set([undefined]);
  const { contactCenter, keyIdentifier, alias } = held[0].key;
  return [...times].map(time =>
    signer.sign({
      sub: `${userInfo().username}@${hostname()}`,
      purpose,
      contactCenter,
      keyIdentifier,
      alias,
      ...(time === undefined ? {} : { disabledAt: time }),
      unlistableSources: [...sources],
    }),
  );
}

/** Destroys a key at every vault. Vaults that share a token find it gone. @returns whether the private key is gone */
export async function destroyKey(held: Held, approvals: readonly string[]): Promise<boolean> {
  const outcomes: boolean[] = [];
  for (const { vault, key } of held) {
    try {
      const request = { ...requestFor(key), approvals };
      outcomes.push((await vault.call('DestroyKey', request, { timeoutMs })).privateKeyDestroyed);
    } catch (error) {
      const isGone = error instanceof RcsError && error.code === 'RCS_NOT_FOUND' && outcomes.length > 0;
      if (!isGone) throw error;
    }
  }
  return outcomes.every(Boolean);
}

/** One line for each key, whatever the number of vaults and certificates. */
export function keyTable(held: readonly HeldKey[]): string {
  const rows = new Map<string, string[]>();
  for (const { key } of held) {
    const { contactCenter, alias, keyIdentifier, purpose, state = 'ACTIVE' } = key;
    const times = [key.disabledAt ?? '', key.destroyableAt ?? ''];
    const row = [contactCenter, alias, keyIdentifier, purpose, state, ...times, key.disabledBy ?? ''];
    rows.set(row.slice(0, 4).join('/'), row);
  }
  return textTable(
    ['CONTACT CENTER', 'ALIAS', 'KEY', 'PURPOSE', 'STATE', 'DISABLED', 'DESTROYABLE FROM', 'BY'],
    [...rows.values()],
  );
}

const requestFor = ({ contactCenter, keyIdentifier, alias, purpose }: KeyEntry) => ({
  key: { contactCenter, keyIdentifier },
  alias,
  purpose,
});

function disabledAt({ state, disabledAt: time = '', alias }: KeyEntry): string {
  if (state === 'DISABLED' && time !== '') return time;
  const publicDetail = `the key ${JSON.stringify(alias)} is in use: disable it first (rcsctl certificates remove-key, or rcsctl keys disable)`;
  throw new RcsError('RCS_KEY_NOT_DESTROYABLE', publicDetail, { publicDetail });
}
