import { ConfigurationError } from '../configuration-error.js';
import { decryptSecret, isEncryptedSecret } from './encrypted-secret.js';
import { masterKeyVariable, type MasterKey } from './master-key.js';

/**
 * Replaces every CRYPT: value in a configuration by what it hides; everything else stays as it is.
 * @throws ConfigurationError naming the option when there is no master key or another one encrypted it.
 */
export function decryptSecrets<T>(values: T, masterKey: MasterKey | undefined): T {
  return decryptBelow(values, masterKey, []) as T;
}

function decryptBelow(value: unknown, masterKey: MasterKey | undefined, path: readonly string[]): unknown {
  if (typeof value === 'string') return isEncryptedSecret(value) ? decryptOption(value, masterKey, path) : value;
  if (Array.isArray(value)) return value.map((item, index) => decryptBelow(item, masterKey, [...path, String(index)]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, decryptBelow(item, masterKey, [...path, name])]),
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
