import { ConfigurationError, type Configuration } from '#platform';
import { trustedAuthorities } from './trusted-authorities.js';
import { allowOptionBeside, type WeakKeyRule } from './weak-keys.js';

/** One option that says whom a connection trusts, with a value. */
interface TrustOption {
  readonly name: string;
  readonly trustedCA: unknown;
  readonly password: unknown;
  readonly rule: WeakKeyRule;
}

/**
 * Reads every file that an option trusts, whether this process ever connects there or not: as in the original a file that
 * is missing ends the start, and one service says so of the whole application.yaml.
 * @throws ConfigurationError with a line for each option whose file is missing or cannot be read
 */
export function checkTrustedCaFiles(configuration: Configuration): void {
  const inherited = inheritedRule(configuration);
  const problems = trustOptions('', configuration, inherited).flatMap(({ name, trustedCA, password, rule }) => {
    if (typeof trustedCA !== 'string') return [];
    try {
      trustedAuthorities(name, trustedCA, typeof password === 'string' ? password : undefined, rule);
      return [];
    } catch (error) {
      if (error instanceof ConfigurationError) return [error.message];
      throw error;
    }
  });
  if (problems.length > 0) throw new ConfigurationError(problems.join('\n'));
}

/** Their names say what they are, so that none is forgotten; what has `enabled: false` connects to nobody. */
function trustOptions(path: string, value: unknown, inherited: boolean | undefined): TrustOption[] {
  if (typeof value !== 'object' || value === null || (value as { enabled?: unknown }).enabled === false) return [];
  const section = value as Readonly<Record<string, unknown>>;
  return Object.entries(section).flatMap(([option, inner]) => {
    const name = path === '' ? option : `${path}.${option}`;
    const passwordOption = passwordOptionOf(option);
    if (passwordOption === undefined) return trustOptions(name, inner, inherited);
    return [{ name, trustedCA: inner, password: section[passwordOption], rule: ruleOf(name, section, inherited) }];
  });
}

/** Sections whose entries leave to serverSettings what they do not say of weak keys. */
const inheriting = /^(mediaStorages|settableStorages|configurationServers)\./;

/** Where a process takes its sections alone there may be no such one. */
const inheritedRule = ({ serverSettings }: Partial<Configuration>): boolean | undefined =>
  serverSettings?.allowWeakKeys;

/** What the section says about weak keys; most have nothing to say about them. */
function ruleOf(name: string, section: Readonly<Record<string, unknown>>, inherited: boolean | undefined): WeakKeyRule {
  const isInheriting = inheriting.test(name);
  const { allowWeakKeys = isInheriting ? (inherited ?? false) : undefined } = section;
  return typeof allowWeakKeys === 'boolean' ? { allowWeakKeys, allowOption: allowOptionBeside(name) } : {};
}

/** The option with the password of the keystore that another one names; undefined where that names no authorities. */
function passwordOptionOf(option: string): string | undefined {
  if (option === 'caCertificate') return 'jksPassword';
  return option.endsWith('TrustedCA') ? option.replace(/TrustedCA$/, 'JksPassword') : undefined;
}
