import { ConfigurationError } from '../configuration-error.js';
import { decryptSecret, isEncryptedSecret } from './encrypted-secret.js';
import { masterKeyVariable, type MasterKey } from './master-key.js';
import { isObfuscatedPassword, plainPassword } from './obfuscated-password.js';

/** The passwords that Jetty, which served the original, took in its own spelling. */
const keystorePassword = /(?:keyStore|jks)Password$/i;

/**
 * Replaces every CRYPT: value in a configuration, and every OBF: value of a keystore's password, by what it hides;
 * everything else stays as it is.
 * @throws ConfigurationError naming each option that there is no master key for, that another one encrypted, or that is cut.
 */
export function decryptSecrets<T>(values: T, masterKey: MasterKey | undefined): T {
  const problems: string[] = [];
  const plain = withTexts(values, [], (text, path) => {
    try {
      return plainText(text, masterKey, path);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      problems.push(error.message);
      return text;
    }
  });
  if (problems.length > 0) throw new ConfigurationError(problems.join('\n'));
  return plain as T;
}

type Change = (text: string, path: readonly string[]) => string;

function withTexts(value: unknown, path: readonly string[], change: Change): unknown {
  if (typeof value === 'string') return change(value, path);
  if (Array.isArray(value)) return value.map((item, index) => withTexts(item, [...path, String(index)], change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, withTexts(item, [...path, name], change)]),
  );
}

function plainText(value: string, masterKey: MasterKey | undefined, path: readonly string[]): string {
  if (isEncryptedSecret(value)) return decryptOption(value, masterKey, path);
  if (!isObfuscatedPassword(value) || !keystorePassword.test(path.at(-1) ?? '')) return value;
  const password = plainPassword(value);
  if (password !== undefined) return password;
  throw new ConfigurationError(
    `option ${path.join('.')}: the value is no OBF: password of Jetty, or was cut; write it again, best with rcsctl encrypt-password`,
  );
}

function decryptOption(value: string, masterKey: MasterKey | undefined, path: readonly string[]): string {
  const option = `option ${path.join('.')}`;
  if (masterKey === undefined) {
    throw new ConfigurationError(
      `${option} is encrypted (CRYPT:) but there is no master key: set masterKeyFile or the environment variable ${masterKeyVariable}`,
    );
  }
  try {
    return decryptSecret(value, masterKey.key);
  } catch (error) {
    throw new ConfigurationError(
      `${option}: the value ${(error as Error).message} (master key of ${masterKey.source}); make it again with rcsctl encrypt-password`,
    );
  }
}
