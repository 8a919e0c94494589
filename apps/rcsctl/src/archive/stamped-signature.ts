import { readFileSync } from 'node:fs';
import { ArchiveRefused, verifyTimeStamp, type VerifiedManifest, type VerifiedTimeStamp } from '#archive';
import { parseAuthoritiesPem } from '#certificates';

/**
 * What a time-stamping authority says of when the manifest was signed: its signature was there at that time, while the
 * certificate of the vault was valid.
 * @param authorities file, PEM, with those that may vouch for the authority
 * @throws ArchiveRefused without a time stamp, TimeStampRefused for one that proves nothing
 */
export function stampedSignature(
  { manifest, signature, signer, timeStamp }: VerifiedManifest,
  authorities: string,
): VerifiedTimeStamp {
  if (timeStamp === undefined)
    throw new ArchiveRefused(
      manifest.timeStamp === 'missing'
        ? 'its manifest says that the time-stamping authority gave no time stamp'
        : 'it has no time stamp, and its manifest says that none was wanted',
    );
  const found = verifyTimeStamp(timeStamp, {
    stamped: signature,
    authorities: parseAuthoritiesPem(readFileSync(authorities)),
  });
  if (found.time < new Date(signer.validFrom) || found.time > new Date(signer.validTo))
    throw new ArchiveRefused(`the certificate of ${signer.subject} was not valid at the time of the time stamp`);
  return found;
}
