import { der } from './der.js';
import { KeyFileProblem } from './key-file-problem.js';

const pbes2 = '1.2.840.113549.1.5.13';
const pbkdf2 = '1.2.840.113549.1.5.12';
const hashes: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'SHA-1',
  '1.2.840.113549.2.9': 'SHA-256',
  '1.2.840.113549.2.10': 'SHA-384',
  '1.2.840.113549.2.11': 'SHA-512',
};
const aesCbcBits: Readonly<Record<string, number>> = {
  '2.16.840.1.101.3.4.1.2': 128,
  '2.16.840.1.101.3.4.1.42': 256,
};
/** More than anybody chooses: a file must not keep the browser busy for minutes. */
const maximumIterations = 10_000_000;

/** What a password-based encryption (RFC 8018) says of itself. */
interface Parameters {
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly iterations: number;
  readonly hash: string;
  readonly bits: number;
  readonly iv: Uint8Array<ArrayBuffer>;
}

/**
 * Opens an EncryptedPrivateKeyInfo (RFC 5958) as OpenSSL writes it: PBES2, PBKDF2, AES-CBC.
 * @throws KeyFileProblem for a wrong password, and for another encryption
 */
export async function openEncryptedPrivateKey(
  encrypted: Uint8Array<ArrayBuffer>,
  password: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const [algorithm, ciphertext] = der.sequence(der.parse(encrypted));
  const { salt, iterations, hash, bits, iv } = parametersOf(der.sequence(algorithm));
  const secret = await crypto.subtle.importKey('raw', new TextEncoder().encode(password), 'PBKDF2', false, [
    'deriveKey',
  ]);
  const aes = { name: 'AES-CBC', length: bits };
  const key = await crypto.subtle.deriveKey({ name: 'PBKDF2', salt, iterations, hash }, secret, aes, false, [
    'decrypt',
  ]);
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-CBC', iv }, key, der.octets(ciphertext)));
  } catch (error) {
    if (error instanceof KeyFileProblem) throw error;
    throw new KeyFileProblem('passwordWrong');
  }
}

function parametersOf([scheme, parameters]: ReturnType<typeof der.sequence>): Parameters {
  if (der.identifier(scheme) !== pbes2) throw new KeyFileProblem('encryptionUnsupported');
  const [derivation, cipher] = der.sequence(parameters);
  const [derivationName, derivationParameters] = der.sequence(derivation);
  const [cipherName, iv] = der.sequence(cipher);
  if (der.identifier(derivationName) !== pbkdf2) throw new KeyFileProblem('encryptionUnsupported');
  const [salt, count, ...rest] = der.sequence(derivationParameters);
  const pseudoRandom = rest.at(-1);
  // The default of the standard is HMAC with SHA-1; a number in between is the length of the key.
  const hash = isSequence(pseudoRandom) ? hashes[der.identifier(der.sequence(pseudoRandom)[0])] : 'SHA-1';
  const bits = aesCbcBits[der.identifier(cipherName)];
  const iterations = der.unsigned(count).reduce((value, byte) => value * 256 + byte, 0);
  if (hash === undefined || bits === undefined || iterations > maximumIterations)
    throw new KeyFileProblem('encryptionUnsupported');
  return { salt: der.octets(salt), iterations, hash, bits, iv: der.octets(iv) };
}

const isSequence = (block: ReturnType<typeof der.sequence>[number] | undefined): boolean =>
  block?.idBlock.tagClass === 1 && block.idBlock.tagNumber === 16;
