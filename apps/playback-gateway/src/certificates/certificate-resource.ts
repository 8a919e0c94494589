import type { KeyEntry } from '#contracts';
import type { AssignmentTarget, RecordingCertificate } from '#store';
import type { CertificateSummary } from '../envelopes/certificate-summary.js';
import type { CertificateState, KeyPresence } from './certificate-status-text.js';

/** One line of the list, in the words of the administrator guide. Times are ISO 8601. */
export interface CertificateRow {
  readonly alias: string;
  readonly issuedTo: string;
  readonly issuedBy: string;
  /** As the upload form shows it: `Genesys Recording <Email not set>`. */
  readonly subjectName: string;
  /** Decimal. */
  readonly serialNumber: string;
  readonly subjectDn: string;
  readonly issuerDn: string;
  readonly notBefore: string;
  readonly expires: string;
  readonly daysLeft: number;
  readonly fingerprint: string;
  readonly keyDetails: {
    readonly algorithm: 'RSA';
    /** Bits. */
    readonly size: number;
    readonly format: string;
    readonly identifier: string;
    readonly presence: KeyPresence;
    /** Only of a disabled key: since when, and until when at least it can be restored. */
    readonly disabledAt?: string;
    readonly destroyableAt?: string;
  };
  /** IVR profiles and screen recordings it is assigned to. */
  readonly deployedCount: number;
  /** Recordings known to be encrypted for it. */
  readonly recordings: number;
  readonly status: CertificateState['status'];
  readonly statusText: string;
  readonly decryptOnly: boolean;
  readonly successor?: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly deletedAt?: string;
  readonly deletedBy?: string;
  readonly keyRemovedAt?: string;
}

type ShownCertificate = Omit<CertificateSummary, 'recipientNames'>;

export interface RowParts {
  readonly stored: RecordingCertificate;
  readonly certificate: ShownCertificate;
  readonly key: KeyPresence;
  /** As the vault has it. */
  readonly entry: KeyEntry | undefined;
  readonly state: CertificateState;
  readonly deployedCount: number;
}

/** All but the number of recordings, which is counted for many at once. */
export function certificateRow({
  stored,
  certificate,
  key,
  entry,
  state,
  deployedCount,
}: RowParts): Omit<CertificateRow, 'recordings'> {
  const { alias, keyFormat, keyIdentifier, decryptOnly, createdAt, createdBy } = stored;
  const { successor, deletedAt, deletedBy, keyRemovedAt } = stored;
  return {
    alias,
    ...certificateFields(certificate),
    daysLeft: state.daysLeft,
    keyDetails: {
      algorithm: 'RSA',
      size: certificate.modulusBits,
      format: keyFormat,
      identifier: keyIdentifier,
      presence: key,
      ...(key === 'disabled' && entry !== undefined ? disabledTimes(entry) : {}),
    },
    deployedCount,
    status: state.status,
    statusText: state.text,
    decryptOnly,
    createdAt,
    createdBy,
    ...(successor === undefined ? {} : { successor }),
    ...(deletedAt === undefined ? {} : { deletedAt }),
    ...(deletedBy === undefined ? {} : { deletedBy }),
    ...(keyRemovedAt === undefined ? {} : { keyRemovedAt }),
  };
}

/** None where the token does not tell. */
export function disabledTimes({ disabledAt = '', destroyableAt = '' }: Partial<KeyEntry>) {
  return {
    ...(disabledAt === '' ? {} : { disabledAt }),
    ...(destroyableAt === '' ? {} : { destroyableAt }),
  };
}

/** What the certificate itself says. */
export function certificateFields(certificate: Omit<ShownCertificate, 'modulusBits'>) {
  const { issuedTo, issuedBy, serialNumber, subjectDn, issuerDn, notBefore, notAfter, fingerprint } = certificate;
  return {
    issuedTo,
    issuedBy,
    subjectName: `${issuedTo} <${certificate.emailAddress ?? 'Email not set'}>`,
    serialNumber,
    subjectDn,
    issuerDn,
    notBefore: notBefore.toISOString(),
    expires: notAfter.toISOString(),
    fingerprint,
  };
}

/** `record`, or `screen-recording`, for people. */
export function targetName(target: AssignmentTarget): string {
  return target.kind === 'ivr-profile' ? `IVR profile ${target.name}` : 'screen recordings';
}
