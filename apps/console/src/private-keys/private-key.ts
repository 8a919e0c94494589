import { der, privateKeyInfo } from './der.js';
import { openEncryptedPrivateKey } from './encrypted-private-key.js';
import { KeyFileProblem } from './key-file-problem.js';
import { pemBlocks, type PemBlock } from './pem.js';

/** How a file of a private key is written, in the words that the list of the server has. */
export type KeyFormat = 'OpenSSL RSA private key' | 'PKCS#8' | 'encrypted PKCS#8' | 'encrypted OpenSSL RSA private key';

/** A file of a private key that was found to be one; the key is not opened yet. */
export interface KeyFile {
  readonly format: KeyFormat;
  readonly needsPassword: boolean;
  readonly der: Uint8Array<ArrayBuffer>;
}

/** A private key in clear. Whoever has it overwrites `pkcs8` with zeros when it is used. */
export interface OpenedKey {
  readonly pkcs8: Uint8Array<ArrayBuffer>;
  readonly modulus: Uint8Array<ArrayBuffer>;
  /** Bits. */
  readonly size: number;
}

const rsaEncryption = '1.2.840.113549.1.1.1';
const minimumBits = 2048;

/** Finds the private key of a PEM file. @throws KeyFileProblem */
export function readKeyFile(text: string): KeyFile {
  const blocks = pemBlocks(text);
  for (const block of blocks) {
    const format = formatOf(block);
    if (format !== undefined) return { format, needsPassword: format.startsWith('encrypted'), der: block.der };
  }
  throw new KeyFileProblem(blocks.some(({ label }) => label.endsWith('PRIVATE KEY')) ? 'notRsa' : 'noKey');
}

function formatOf({ label, hasHeaders }: PemBlock): KeyFormat | undefined {
  if (label === 'PRIVATE KEY') return 'PKCS#8';
  if (label === 'ENCRYPTED PRIVATE KEY') return 'encrypted PKCS#8';
  if (label !== 'RSA PRIVATE KEY') return undefined;
  return hasHeaders ? 'encrypted OpenSSL RSA private key' : 'OpenSSL RSA private key';
}

/**
 * Opens a key. @throws KeyFileProblem: passwordMissing where it needs one, passwordWrong, encryptionUnsupported for what
 * browsers have no algorithms for
 */
export async function openKey({ format, der: file }: KeyFile, password: string): Promise<OpenedKey> {
  switch (format) {
    case 'OpenSSL RSA private key':
      return described(privateKeyInfo(file), file);
    case 'PKCS#8':
      return described(file, rsaPrivateKeyIn(file));
    case 'encrypted PKCS#8': {
      if (password === '') throw new KeyFileProblem('passwordMissing');
      const pkcs8 = await openEncryptedPrivateKey(file, password);
      return described(
        pkcs8,
        openedWith(() => rsaPrivateKeyIn(pkcs8)),
      );
    }
    case 'encrypted OpenSSL RSA private key':
      throw new KeyFileProblem('encryptionUnsupported');
  }
}

/** With a wrong password what comes out may look like a padded text by chance. */
function openedWith<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof KeyFileProblem && error.reason === 'damaged') throw new KeyFileProblem('passwordWrong');
    throw error;
  }
}

function rsaPrivateKeyIn(pkcs8: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const [, algorithm, key] = der.sequence(der.parse(pkcs8));
  if (der.identifier(der.sequence(algorithm)[0]) !== rsaEncryption) throw new KeyFileProblem('notRsa');
  return der.octets(key);
}

function described(pkcs8: Uint8Array<ArrayBuffer>, rsaPrivateKey: Uint8Array<ArrayBuffer>): OpenedKey {
  const [, modulus] = der.sequence(der.parse(rsaPrivateKey));
  const bytes = der.unsigned(modulus);
  const size = bytes.length * 8 - Math.clz32(bytes[0] ?? 0) + 24;
  if (size < minimumBits) throw new KeyFileProblem('tooShort');
  return { pkcs8, modulus: bytes, size };
}
