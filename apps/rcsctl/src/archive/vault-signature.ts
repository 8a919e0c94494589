import type { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { verifyArchive, type ArchiveBytes, type VerifiedArchive, type VerifiedSignature } from '#archive';
import { certificatesOf, roleOfSubjectAltName } from '#platform';
import { internalAuthority } from '../configuration/authorities.js';

/** @throws Error unless a key vault of the authority signed it, and it is whole */
export async function ofVault(archive: ArchiveBytes, authority: string): Promise<VerifiedArchive> {
  return signedByVault(await verifyArchive(archive, authoritiesIn(authority), new AbortController().signal));
}

/** @throws Error where somebody else than a key vault signed */
export function signedByVault<Verified extends VerifiedSignature>(verified: Verified): Verified {
  if (roleOfSubjectAltName(verified.signer.subjectAltName) === 'key-vault') return verified;
  throw new Error(`the manifest was signed by ${verified.signer.subject}, which is no key vault`);
}

/** @throws ConfigurationError for a file without a certificate, or with one that cannot be read */
export function authoritiesIn(file: string): X509Certificate[] {
  return certificatesOf(readFileSync(file), internalAuthority, file);
}
