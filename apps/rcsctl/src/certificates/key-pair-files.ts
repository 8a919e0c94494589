import { readFileSync } from 'node:fs';
import {
  CertificateError,
  describePrivateKey,
  keyMatchesCertificate,
  parseCertificatePem,
  parsePrivateKeyPem,
  type ParsedPrivateKey,
  type PrivateKeyDescription,
} from '#certificates';
import { encryptToPublicKey } from '#key-vault-client';
import type { GatewayClient } from '../gateway-client/gateway-client.js';

interface ImportKeys {
  readonly importKeys: readonly { readonly vault: string; readonly publicKey: object }[];
}

/** A private key on its way through the gateway, which cannot read it. */
export interface SealedKey {
  /** One for each key vault. */
  readonly keyJwe: readonly { readonly vault: string; readonly jwe: string }[];
  /** Of the file it came from, for the list. */
  readonly keyFormat: string;
}

/** What is in a key file; the key itself goes nowhere. @throws CertificateError naming the file. */
export function describeKeyFile(
  keyFile: string,
  password: string | undefined,
  certificateFile: string | undefined,
): PrivateKeyDescription {
  const certificate = certificateFile === undefined ? undefined : certificateIn(certificateFile);
  return naming(keyFile, () => describePrivateKey(readFileSync(keyFile), password, certificate));
}

/**
 * Reads a private key, compares it with its certificate, and encrypts it to every key vault behind the gateway.
 * @throws CertificateError naming the file that cannot be used.
 */
export async function sealKeyFile(
  gateway: GatewayClient,
  keyFile: string,
  password: string | undefined,
  certificateFile: string,
): Promise<SealedKey> {
  const certificate = certificateIn(certificateFile);
  const { pkcs8, publicKey, format } = readKey(keyFile, password);
  try {
    if (!keyMatchesCertificate(publicKey, certificate)) {
      throw new CertificateError(
        'PRIVATE_KEY_OF_ANOTHER_CERTIFICATE',
        `${keyFile}: the private key does not belong to the certificate in ${certificateFile}: choose the pair that was made together`,
      );
    }
    const { importKeys } = (await gateway.call('GET', '/rcs/keys/import-keys')) as ImportKeys;
    const keyJwe = await Promise.all(
      importKeys.map(async ({ vault, publicKey: transportKey }) => ({
        vault,
        jwe: await encryptToPublicKey(JSON.stringify(transportKey), pkcs8),
      })),
    );
    return { keyJwe, keyFormat: format };
  } finally {
    pkcs8.fill(0);
  }
}

function readKey(keyFile: string, password: string | undefined): ParsedPrivateKey {
  const file = readFileSync(keyFile);
  try {
    return naming(keyFile, () => parsePrivateKeyPem(file, password));
  } finally {
    file.fill(0);
  }
}

const certificateIn = (file: string) => naming(file, () => parseCertificatePem(readFileSync(file))[0]);

function naming<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    throw new CertificateError(error.code, `${file}: ${error.message}`);
  }
}
