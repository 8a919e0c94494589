import { createPrivateKey, X509Certificate } from 'node:crypto';
import { CertificateError, keystoreType, readKeystore, type PrivateKeyEntry } from '#certificates';
import { certificatesIn, ConfigurationError, readOptionFile } from '#platform';
import { weakKeyProblem, type WeakKeyRule } from './weak-keys.js';

/** Certificate and key of one end of a TLS connection, PEM. */
export interface TlsIdentity {
  /** The own certificate first, then those of the authorities between it and the root. */
  readonly cert: string;
  readonly key: string;
}

/** A keystore as the configuration names it. */
export interface KeyStoreOptions {
  /** Name of the option with the path, for messages. */
  readonly option: string;
  /** JKS, JCEKS, PKCS#12, or PEM with certificates and key. */
  readonly path: string;
  readonly password?: string | undefined;
  /** Which key, where there are several. */
  readonly alias?: string | undefined;
  /** Whether RSA keys under 2048 bits are taken; refused unless told. */
  readonly rule?: WeakKeyRule;
}

const certificateBegin = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/;
const certificateBlocks = /-----BEGIN (?:X509 )?CERTIFICATE-----[\s\S]+?-----END (?:X509 )?CERTIFICATE-----/g;

/** The alias that the instructions of Genesys RCS give to the server's key. */
const usualAlias = 'jetty';

/**
 * Reads certificate and key of a keystore.
 * @throws ConfigurationError naming option and path when the file is missing, the password wrong, or no key in it.
 */
export function keyStoreIdentity(options: KeyStoreOptions): TlsIdentity {
  const file = readOptionFile(options.option, options.path);
  try {
    const identity =
      keystoreType(file) === undefined ? fromPem(file.toString('utf8'), options) : fromKeystore(file, options);
    checkPair(identity);
    checkStrength(identity, options.rule);
    return identity;
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(`option ${options.option}: ${options.path}: ${reason}`, { cause: error });
  }
}

/** @throws Error where a certificate of the chain has a key that is too weak. */
export function checkStrength({ cert }: Pick<TlsIdentity, 'cert'>, rule: WeakKeyRule = {}): void {
  const problem = weakKeyProblem(cert.match(certificateBlocks) ?? [], rule);
  if (problem !== undefined) throw new Error(problem);
}

function fromKeystore(file: Buffer, { password, alias }: KeyStoreOptions): TlsIdentity {
  const keystore = readKeystore(file, password);
  try {
    const keys = keystore.entries.filter(entry => entry.type === 'private-key');
    const entry = chosen(keys, alias);
    if (entry.certificateChain.length === 0) throw new Error(`the key ${entry.alias} has no certificate`);
    const der = entry.openPrivateKey(password);
    try {
      const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
      return {
        cert: entry.certificateChain.map(certificate => new X509Certificate(certificate).toString()).join(''),
        key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
      };
    } finally {
      der.fill(0);
    }
  } finally {
    keystore.wipe();
  }
}

function chosen(keys: readonly PrivateKeyEntry[], alias: string | undefined): PrivateKeyEntry {
  const wanted = (alias ?? usualAlias).toLowerCase();
  const named = keys.find(entry => entry.alias.toLowerCase() === wanted);
  const entry = named ?? (alias === undefined && keys.length === 1 ? keys[0] : undefined);
  if (entry !== undefined) return entry;
  if (keys.length === 0) throw new Error('no private key is in it, only certificates');
  const names = keys
    .map(key => key.alias)
    .sort()
    .join(', ');
  throw new Error(
    alias === undefined ? `it has several keys (${names}): name one` : `it has no key ${alias}, but ${names}`,
  );
}

function fromPem(file: string, { option, path, password }: KeyStoreOptions): TlsIdentity {
  // RFC 7468 has three line ends, OpenSSL two.
  const text = file.replace(/\r\n?/g, '\n');
  const blocks = text.match(/-----BEGIN ([A-Z0-9 ]+)-----[\s\S]+?-----END \1-----/g) ?? [];
  const [privateKey] = blocks.filter(block => /^-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(block));
  if (!certificateBegin.test(text)) throw new Error('it is no JKS or PKCS#12 keystore and has no PEM certificate');
  if (privateKey === undefined) throw new Error('it has a certificate but no private key');
  const encrypted = privateKey.includes('ENCRYPTED');
  if (encrypted && password === undefined) throw new Error('the private key is encrypted: give its password');
  return {
    cert: certificatesIn(Buffer.from(text), option, path).toString(),
    key: openPem(privateKey, password).export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function openPem(key: string, passphrase: string | undefined) {
  try {
    return createPrivateKey({ key, format: 'pem', ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (error) {
    throw new Error('the private key cannot be read: is the password right?', { cause: error });
  }
}

function checkPair({ cert, key }: TlsIdentity): void {
  if (new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) return;
  throw new CertificateError(
    'PRIVATE_KEY_OF_ANOTHER_CERTIFICATE',
    'the private key is not that of the first certificate',
  );
}
