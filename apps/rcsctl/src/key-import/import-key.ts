import { keyMatchesCertificate, parseCertificatePem, parsePrivateKeyPem } from '#certificates';
import { encryptToPublicKey, type ImportKeyReply, type KeyVaultClient } from '#contracts';

export interface KeyImport {
  readonly contactCenter: string;
  readonly alias: string;
  readonly certificatePem: string;
  /** Zeroed when this returns. */
  readonly privateKeyPem: Buffer;
  readonly password?: string | undefined;
}

const timeoutMs = 30_000;

/**
 * Sends a private key to every key vault, encrypted to the vault itself; the tokens of the vaults then hold it for good.
 * @throws CertificateError when key and certificate cannot be used or do not belong together, RcsError of the vault.
 */
export async function importKey(vaults: KeyVaultClient, job: KeyImport): Promise<ImportKeyReply[]> {
  const { pkcs8, publicKey } = parsePrivateKeyPem(job.privateKeyPem, job.password);
  try {
    const [certificate] = parseCertificatePem(job.certificatePem);
    if (!keyMatchesCertificate(publicKey, certificate)) {
      throw new Error('the private key does not belong to the certificate; choose the pair that was made together');
    }
    const replies: ImportKeyReply[] = [];
    for (const vault of vaults.endpoints) {
      const { publicKey: vaultKey } = await vault.call('GetImportKey', {}, { timeoutMs });
      const jwe = await encryptToPublicKey(vaultKey, pkcs8);
      const { contactCenter, alias, certificatePem } = job;
      replies.push(
        await vault.call('ImportKey', { contactCenter, alias, certificate: certificatePem, jwe }, { timeoutMs }),
      );
    }
    return replies;
  } finally {
    pkcs8.fill(0);
    job.privateKeyPem.fill(0);
  }
}
