import type { CertificateInfo } from '#certificates';
import { RcsError } from '#platform';
import type { RecordingCertificate } from '#store';
import { recipientNamesOf } from '../envelopes/recipient-names.js';
import { certificateOf } from './stored-chain.js';

type Named = Parameters<typeof recipientNamesOf>[0];

/**
 * Which keys of a contact center the names in envelopes mean. Two certificates may share issuer and serial number, or
 * one may claim the other's key identifier, and have two keys: then the name tells neither which one a recording needs
 * nor which one opens it. Certificates that were deleted count: recordings remember them.
 */
export class SharedNames {
  private readonly bearers = new Map<string, RecordingCertificate[]>();

  constructor(certificates: readonly RecordingCertificate[]) {
    for (const stored of certificates) {
      for (const name of recipientNamesOf(certificateOf(stored), stored.alias)) {
        const bearers = this.bearers.get(name);
        if (bearers === undefined) this.bearers.set(name, [stored]);
        else bearers.push(stored);
      }
    }
  }

  /** Whether certificates with different keys bear the name. */
  isAmbiguous(name: string): boolean {
    return new Set((this.bearers.get(name) ?? []).map(({ keyIdentifier }) => keyIdentifier)).size > 1;
  }

  /** A certificate with another key that envelopes would mean as well; its alias aside, which is chosen here. */
  rivalOf(certificate: Named): RecordingCertificate | undefined {
    const own = certificate.keyIdentifier.toString('hex');
    for (const name of recipientNamesOf(certificate)) {
      const rival = this.bearers.get(name)?.find(({ keyIdentifier }) => keyIdentifier !== own);
      if (rival !== undefined) return rival;
    }
    return undefined;
  }
}

/**
 * Keeps a contact center from certificates that envelopes cannot tell apart, unless that is wanted.
 * @param certificates of this contact center alone: what another one calls its keys is nobody's business here.
 * @throws RcsError RCS_CERTIFICATE_SAME_NAME
 */
export function requireNameOfItsOwn(
  certificates: readonly RecordingCertificate[],
  certificate: CertificateInfo,
  sameName: boolean,
): void {
  const rival = sameName ? undefined : new SharedNames(certificates).rivalOf(certificate);
  if (rival === undefined) return;
  const deleted = rival.state === 'active' ? '' : ' (deleted)';
  throw new RcsError('RCS_CERTIFICATE_SAME_NAME', undefined, {
    publicDetail:
      `the certificate ${JSON.stringify(rival.alias)}${deleted} has the same issuer and serial number, or key identifier, and ` +
      'another key: issue this one with another serial number, or upload it with --same-name (sameName) if both are meant',
    reason: 'SAME_NAME',
  });
}
