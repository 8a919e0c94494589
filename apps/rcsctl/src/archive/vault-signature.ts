import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { verifyArchive, type ArchiveBytes, type VerifiedArchive, type VerifiedSignature } from '#archive';
import { ConfigurationError, roleOfSubjectAltName } from '#platform';

/** @throws Error unless a key vault of the authority signed it, and it is whole */
export async function ofVault(archive: ArchiveBytes, authority: string): Promise<VerifiedArchive> {
  return signedByVault(await verifyArchive(archive, authoritiesIn(authority), new AbortController().signal));
}

/** @throws Error where somebody else than a key vault signed */
export function signedByVault<Verified extends VerifiedSignature>(verified: Verified): Verified {
  if (roleOfSubjectAltName(verified.signer.subjectAltName) === 'key-vault') return verified;
  throw new Error(`the manifest was signed by ${verified.signer.subject}, which is no key vault`);
}

/** @throws ConfigurationError for a file without a certificate */
export function authoritiesIn(file: string): X509Certificate[] {
  const pems =
    readFileSync(file, 'latin1').match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  if (pems.length === 0) throw new ConfigurationError(`${file} has no certificate in it`);
  return pems.map(pem => new X509Certificate(pem));
}
