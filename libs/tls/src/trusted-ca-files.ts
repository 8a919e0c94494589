import { ConfigurationError, type Configuration } from '#platform';
import { trustedAuthorities } from './trusted-authorities.js';

/** One option that says whom a connection trusts, with a value. */
interface TrustOption {
  readonly name: string;
  readonly trustedCA: unknown;
  readonly password: unknown;
}

/**
 * Reads every file that an option trusts, whether this process ever connects there or not: as in the original a file that
 * is missing ends the start, and one service says so of the whole application.yaml.
 * @throws ConfigurationError with a line for each option whose file is missing or cannot be read
 */
export function checkTrustedCaFiles(configuration: Configuration): void {
  const problems = trustOptions('', configuration).flatMap(({ name, trustedCA, password }) => {
    if (typeof trustedCA !== 'string') return [];
    try {
      trustedAuthorities(name, trustedCA, typeof password === 'string' ? password : undefined);
      return [];
    } catch (error) {
      if (error instanceof ConfigurationError) return [error.message];
      throw error;
    }
  });
  if (problems.length > 0) throw new ConfigurationError(problems.join('\n'));
}

/** Their names say what they are, so that none is forgotten; what has `enabled: false` connects to nobody. */
function trustOptions(path: string, value: unknown): TrustOption[] {
  if (typeof value !== 'object' || value === null || (value as { enabled?: unknown }).enabled === false) return [];
  const section = value as Readonly<Record<string, unknown>>;
  return Object.entries(section).flatMap(([option, inner]) => {
    const name = path === '' ? option : `${path}.${option}`;
    const passwordOption = passwordOptionOf(option);
    if (passwordOption === undefined) return trustOptions(name, inner);
    return [{ name, trustedCA: inner, password: section[passwordOption] }];
  });
}

/** The option with the password of the keystore that another one names; undefined where that names no authorities. */
function passwordOptionOf(option: string): string | undefined {
  if (option === 'caCertificate') return 'jksPassword';
  return option.endsWith('TrustedCA') ? option.replace(/TrustedCA$/, 'JksPassword') : undefined;
}
