import type { KeyUseEntry } from '#contracts';
import type { VaultJournal } from './vault-journal.js';

/**
 * Proof that a use of keys stands in the journal, on the disk. Whatever asks the token for something must show one: there
 * is no other way to get it than to write the record.
 */
export class RecordedUse {
  private constructor(private readonly keys: ReadonlySet<string>) {}

  /** @throws RcsError RCS_AUDIT_UNAVAILABLE: then nothing may be opened. */
  static async write(journal: VaultJournal, entry: KeyUseEntry): Promise<RecordedUse> {
    await journal.append(entry);
    return new RecordedUse(new Set(entry.keys.map(({ keyIdentifier }) => keyIdentifier)));
  }

  /** @throws Error for a key that the record does not name: a fault of ours. */
  mustName({ keyIdentifier }: { readonly keyIdentifier: string }): void {
    if (!this.keys.has(keyIdentifier)) throw new Error(`the journal does not name the key ${keyIdentifier}`);
  }
}
