import { readFileSync } from 'node:fs';
import { parse as parseYaml, YAMLParseError } from 'yaml';
import type { core } from 'zod';
import { ConfigurationError } from './configuration-error.js';
import { configurationProblems } from './configuration-problems.js';
import { configurationSchema, type Configuration } from './configuration.schema.js';
import { overlayEnvironment } from './environment-overlay.js';
import { decryptSecrets } from './secrets/decrypt-secrets.js';
import { readMasterKey } from './secrets/master-key.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads application.yaml (`file`, else the environment variable RCS_CONFIG), lays the environment over it, checks the
 * whole and decrypts its CRYPT: values. Nothing starts with a configuration that was only partly understood.
 * @throws ConfigurationError naming every option that is wrong, each in a line of its own.
 */
export function loadConfiguration(file: string | undefined, environment: Environment): Configuration {
  const path = file ?? environment.RCS_CONFIG;
  const values = path === undefined ? {} : readYaml(path);
  const schema = configurationSchema();
  const written = overlayEnvironment(values, environment, schema);
  const parsed = schema.safeParse(written);
  const where = path ?? 'environment';
  if (parsed.success) return deepFreeze(withPlainSecrets(parsed.data, where, environment));
  throw ConfigurationError.of(allProblems(schema, written, parsed.error.issues, environment), where);
}

/** Also what is said of options together, and of passwords: a check of the whole comes to neither when a name is unknown. */
function allProblems(
  schema: ReturnType<typeof configurationSchema>,
  written: unknown,
  issues: readonly core.$ZodIssue[],
  environment: Environment,
): readonly string[] {
  const unknown = issues.filter(issue => issue.code === 'unrecognized_keys');
  const known = unknown.reduce<unknown>((values, { path, keys }) => without(values, path, keys), written);
  const others = schema.safeParse(known).error?.issues ?? [];
  return [...configurationProblems([...others, ...unknown], written), ...secretProblems(known, environment)];
}

function without(values: unknown, path: readonly PropertyKey[], keys: readonly string[]): unknown {
  const [first, ...rest] = path;
  if (Array.isArray(values))
    return values.map((item: unknown, index) => (index === first ? without(item, rest, keys) : item));
  if (typeof values !== 'object' || values === null) return values;
  const entries = Object.entries(values);
  if (first === undefined) return Object.fromEntries(entries.filter(([name]) => !keys.includes(name)));
  return Object.fromEntries(entries.map(([name, item]) => [name, name === first ? without(item, rest, keys) : item]));
}

function secretProblems(written: unknown, environment: Environment): readonly string[] {
  const masterKeyFile = (written as { masterKeyFile?: unknown } | null)?.masterKeyFile;
  try {
    decryptSecrets(written, readMasterKey(typeof masterKeyFile === 'string' ? masterKeyFile : undefined, environment));
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.split('\n');
    throw error;
  }
}

function withPlainSecrets(configuration: Configuration, where: string, environment: Environment): Configuration {
  try {
    return decryptSecrets(configuration, readMasterKey(configuration.masterKeyFile, environment));
  } catch (error) {
    if (error instanceof ConfigurationError) throw ConfigurationError.of(error.message.split('\n'), where);
    throw error;
  }
}

/**
 * Asserts that the sections a service needs are there.
 * @throws ConfigurationError naming the first one that is missing.
 */
export function requireSections<Section extends keyof Configuration>(
  configuration: Configuration,
  ...sections: readonly Section[]
): Configuration & { readonly [Name in Section]-?: NonNullable<Configuration[Name]> } {
  for (const section of sections) {
    if (configuration[section] === undefined) {
      throw new ConfigurationError(
        `option ${section} is missing, and needed here: RCS_CONFIG, of rcsctl also --config, names the file`,
      );
    }
  }
  return configuration as Configuration & { readonly [Name in Section]-?: NonNullable<Configuration[Name]> };
}

function readYaml(path: string): unknown {
  try {
    return parseYaml(readFileSync(path, 'utf8')) ?? {};
  } catch (error) {
    if (error instanceof YAMLParseError)
      throw new ConfigurationError(`${path}: ${error.message.split('\n')[0] ?? 'not YAML'}`);
    throw new ConfigurationError(`cannot read the configuration file ${path}: ${(error as Error).message}`);
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
