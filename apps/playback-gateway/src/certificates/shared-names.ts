import type { CertificateInfo } from '#certificates';
import { RcsError } from '#platform';
import type { RecordingCertificate } from '#store';
import { namesUnder, summariesOf } from '../envelopes/certificate-summary.js';
import { recipientNamesOf } from '../envelopes/recipient-names.js';

/**
 * Which keys of a contact center the names in envelopes mean. Two certificates may share issuer and serial number, or
 * one may claim the other's key identifier, and have two keys: then the name tells neither which one a recording needs
 * nor which one opens it. Certificates that were deleted count: recordings remember them.
 */
export class SharedNames {
  private constructor(private readonly keysByName: ReadonlyMap<string, ReadonlySet<string>>) {}

  /** @param certificates of one contact center, all of them. */
  static async of(certificates: readonly RecordingCertificate[]): Promise<SharedNames> {
    const keysByName = new Map<string, Set<string>>();
    const summaries = await summariesOf(certificates);
    for (const [index, { alias, keyIdentifier }] of certificates.entries()) {
      const summary = summaries[index];
      for (const name of summary === undefined ? [] : namesUnder(summary, alias)) {
        const keys = keysByName.get(name);
        if (keys === undefined) keysByName.set(name, new Set([keyIdentifier]));
        else keys.add(keyIdentifier);
      }
    }
    return new SharedNames(keysByName);
  }

  /** Whether certificates with different keys bear the name. */
  isAmbiguous(name: string): boolean {
    return (this.keysByName.get(name)?.size ?? 0) > 1;
  }
}

/**
 * Keeps a contact center from certificates that envelopes cannot tell apart, unless that is wanted. The alias of the new
 * one is chosen here, so that it counts for nothing.
 * @param certificates of this contact center alone: what another one calls its keys is nobody's business here.
 * @throws RcsError RCS_CERTIFICATE_SAME_NAME
 */
export async function requireNameOfItsOwn(
  certificates: readonly RecordingCertificate[],
  certificate: CertificateInfo,
  sameName: boolean,
): Promise<void> {
  if (sameName) return;
  const own = new Set(recipientNamesOf(certificate));
  const keyIdentifier = certificate.keyIdentifier.toString('hex');
  const summaries = await summariesOf(certificates);
  const rival = certificates.find(
    (other, index) =>
      other.keyIdentifier !== keyIdentifier &&
      summaries[index] !== undefined &&
      namesUnder(summaries[index], other.alias).some(name => own.has(name)),
  );
  if (rival === undefined) return;
  const deleted = rival.state === 'active' ? '' : ' (deleted)';
  throw new RcsError('RCS_CERTIFICATE_SAME_NAME', undefined, {
    publicDetail:
      `the certificate ${JSON.stringify(rival.alias)}${deleted} has the same issuer and serial number, or key identifier, and ` +
      'another key: issue this one with another serial number, or upload it with --same-name (sameName) if both are meant',
    reason: 'SAME_NAME',
  });
}
