import {
  CertificateError,
  keyMatchesCertificate,
  parseCertificatePem,
  readKeyFile,
  type CertificateInfo,
  type KeyFile,
  type Password,
} from '#certificates';
import type { ImportKeyReply, KeyPurpose } from '#contracts';
import { encryptToPublicKey, type KeyVaultClient } from '#key-vault-client';

export interface KeyImport {
  readonly purpose: KeyPurpose;
  readonly contactCenter: string;
  readonly alias: string;
  /** PEM; when absent the key file has the certificate. */
  readonly certificatePem?: string | undefined;
  /** PEM of any kind, PKCS#12, JKS or JCEKS. Zeroed when this returns. */
  readonly keyFile: Buffer;
  readonly password?: Password | undefined;
  /** Which key of a keystore that has several. */
  readonly keystoreAlias?: string | undefined;
  /** Of a key in a keystore that has another than the keystore. */
  readonly keyPassword?: Password | undefined;
}

/** A private key in clear, on its way into the vaults. */
export interface OpenedKeyPair {
  readonly purpose: KeyPurpose;
  readonly contactCenter: string;
  readonly alias: string;
  readonly certificatePem: string;
  /** PrivateKeyInfo, DER; the caller overwrites it. */
  readonly pkcs8: Buffer;
}

const timeoutMs = 30_000;

/**
 * Sends a private key to every key vault, encrypted to the vault itself; the tokens of the vaults then hold it for good.
 * @throws CertificateError when key and certificate cannot be used or do not belong together, RcsError of the vault.
 */
export async function importKey(vaults: KeyVaultClient, job: KeyImport): Promise<ImportKeyReply[]> {
  const file = readKeyAndZeroFile(job);
  try {
    const certificatePem = certificateOf(job, file).pem;
    const { purpose, contactCenter, alias } = job;
    return await sendKeyPair(vaults, { purpose, contactCenter, alias, certificatePem, pkcs8: file.pkcs8 });
  } finally {
    file.pkcs8.fill(0);
  }
}

/** One vault after the other; the key is encrypted to each of them. @throws RcsError of the first that refuses. */
export async function sendKeyPair(vaults: KeyVaultClient, pair: OpenedKeyPair): Promise<ImportKeyReply[]> {
  const { purpose, contactCenter, alias, certificatePem: certificate, pkcs8 } = pair;
  const replies: ImportKeyReply[] = [];
  for (const vault of vaults.endpoints) {
    const { publicKey } = await vault.call('GetImportKey', {}, { timeoutMs });
    const jwe = await encryptToPublicKey(publicKey, pkcs8);
    replies.push(await vault.call('ImportKey', { purpose, contactCenter, alias, certificate, jwe }, { timeoutMs }));
  }
  return replies;
}

function readKeyAndZeroFile({ keyFile, password, keystoreAlias: alias, keyPassword }: KeyImport): KeyFile {
  try {
    return readKeyFile(keyFile, password, { alias, keyPassword });
  } finally {
    keyFile.fill(0);
  }
}

/** The certificate that was named, else the one in the key's own file. @throws CertificateError */
function certificateOf({ certificatePem }: KeyImport, { publicKey, certificates }: KeyFile): CertificateInfo {
  if (certificatePem !== undefined) {
    const [certificate] = parseCertificatePem(certificatePem);
    if (keyMatchesCertificate(publicKey, certificate)) return certificate;
  } else {
    const own = certificates.find(certificate => keyMatchesCertificate(publicKey, certificate));
    if (own !== undefined) return own;
    if (certificates.length === 0) {
      throw new CertificateError(
        'PEM_MISSING',
        'the key file has no certificate in it: name the file of the certificate with --certificate',
      );
    }
  }
  throw new CertificateError(
    'PRIVATE_KEY_OF_ANOTHER_CERTIFICATE',
    'the private key does not belong to the certificate: choose the pair that was made together',
  );
}
