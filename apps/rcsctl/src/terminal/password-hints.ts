import { CertificateError } from '#certificates';

/** How a command is given passwords. */
export interface PasswordOptions {
  /** Of a private key that is encrypted by itself. */
  readonly key: string;
  /** Of a keystore. */
  readonly keystore?: string;
  /** Of a key inside a keystore that has another password than it. */
  readonly keyInKeystore?: string;
}

/** Runs `work`; a missing or wrong password is answered with the option that gives it. */
export async function namingPasswordOptions<T>(options: PasswordOptions, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    const option = optionFor(error.code, options);
    throw option === undefined ? error : new CertificateError(error.code, `${error.message} (${option} FILE)`);
  }
}

function optionFor(code: string, { key, keystore, keyInKeystore }: PasswordOptions): string | undefined {
  switch (code) {
    case 'PRIVATE_KEY_PASSWORD_MISSING':
    case 'PRIVATE_KEY_PASSWORD_WRONG':
      return keyInKeystore ?? key;
    case 'KEYSTORE_PASSWORD_MISSING':
    case 'KEYSTORE_PASSWORD_WRONG':
      return keystore;
    default:
      return undefined;
  }
}
