import { ConfigurationError } from '../configuration-error.js';
import { readSecretFile } from '../option-types.js';
import { masterKeyBytes } from './encrypted-secret.js';

/** Names the key itself; beside it the option masterKeyFile (environment: RCS_MASTER_KEY_FILE) names a file with it. */
export const masterKeyVariable = 'RCS_MASTER_KEY';

/** What the CRYPT: values of a configuration are encrypted with. */
export interface MasterKey {
  /** 32 bytes. */
  readonly key: Buffer;
  /** Where it came from, for messages. */
  readonly source: string;
}

/**
 * The master key in a file or, without one, in the environment variable RCS_MASTER_KEY.
 * @throws ConfigurationError naming option or variable, and the path, when it is no master key.
 */
export function readMasterKey(
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): MasterKey | undefined {
  if (file !== undefined) return parseMasterKey(readFile(file), `option masterKeyFile: ${file}`);
  const text = environment[masterKeyVariable];
  return text === undefined || text === ''
    ? undefined
    : parseMasterKey(text, `environment variable ${masterKeyVariable}`);
}

function readFile(file: string): string {
  try {
    return readSecretFile(file);
  } catch (error) {
    throw new ConfigurationError(`option masterKeyFile: cannot read ${file}: ${(error as Error).message}`);
  }
}

function parseMasterKey(text: string, source: string): MasterKey {
  const digits = text.trim();
  const key = /^[0-9a-f]{64}$/i.test(digits)
    ? Buffer.from(digits, 'hex')
    : /^[\w+/-]{43}=?$/.test(digits)
      ? Buffer.from(digits, 'base64')
      : undefined;
  if (key?.length !== masterKeyBytes) {
    throw new ConfigurationError(
      `${source} holds no master key: it must be 32 random bytes as base64, made for example by: openssl rand -base64 32`,
    );
  }
  return { key, source };
}
