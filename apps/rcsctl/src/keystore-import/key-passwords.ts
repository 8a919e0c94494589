import { CertificateError, type Keystore, type PrivateKeyEntry } from '#certificates';

export interface KeyPasswordSources {
  /** Passwords of single keys, by alias in lower case. */
  readonly byAlias: ReadonlyMap<string, string>;
  /** Of every key that does not open with the password of the keystore. */
  readonly common: string | undefined;
  /** Asks for the password of one alias; undefined where nobody can be asked. */
  readonly ask: ((alias: string) => Promise<string>) | undefined;
}

/**
 * Finds out how each key opens: Java gives keys passwords of their own. The first that fits is taken: its own, that of
 * the keystore, the common one, what is typed.
 * @returns a function that opens a key; it throws what the entry throws where no password fits.
 */
export async function keyOpener(
  keystore: Keystore,
  sources: KeyPasswordSources,
): Promise<(entry: PrivateKeyEntry) => Buffer> {
  const passwords = new Map<PrivateKeyEntry, string | undefined>();
  for (const entry of keystore.entries) {
    if (entry.type === 'private-key') passwords.set(entry, await passwordOf(entry, sources));
  }
  return entry => entry.openPrivateKey(passwords.get(entry));
}

async function passwordOf(entry: PrivateKeyEntry, { byAlias, common, ask }: KeyPasswordSources) {
  const own = byAlias.get(entry.alias.toLowerCase());
  if (own !== undefined || opens(entry, undefined)) return own;
  if (common !== undefined && (opens(entry, common) || ask === undefined)) return common;
  return ask?.(entry.alias);
}

/** Whether the password is not what keeps the key from opening. */
function opens(entry: PrivateKeyEntry, password: string | undefined): boolean {
  try {
    entry.openPrivateKey(password).fill(0);
    return true;
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    return error.code !== 'PRIVATE_KEY_PASSWORD_WRONG' && error.code !== 'PRIVATE_KEY_PASSWORD_MISSING';
  }
}
