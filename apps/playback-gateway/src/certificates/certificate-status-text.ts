import { certificateStatus, type CertificateInfo } from '#certificates';
import type { RecordingCertificate } from '#store';

/** `unknown` when no vault answered. */
export type KeyPresence = 'present' | 'disabled' | 'missing' | 'unknown';

/** In the order in which lists have them. */
export const statuses = [
  'decrypt-only',
  'deleted',
  'expired',
  'expiring',
  'key-disabled',
  'key-missing',
  'not-yet-valid',
  'valid',
] as const;

export interface CertificateState {
  readonly status: (typeof statuses)[number];
  /** For people. */
  readonly text: string;
  /** Whole days until the certificate ends; negative when it has ended. */
  readonly daysLeft: number;
}

const dayMs = 86_400_000;

/** What an administrator must know first about a certificate; `warningDays` before its end it counts as expiring. */
export function certificateState(
  stored: Pick<RecordingCertificate, 'state' | 'decryptOnly'>,
  certificate: Pick<CertificateInfo, 'notBefore' | 'notAfter'>,
  key: KeyPresence,
  warningDays: number,
  now: Date,
): CertificateState {
  const daysLeft = Math.floor((certificate.notAfter.getTime() - now.getTime()) / dayMs);
  const state = (status: CertificateState['status'], text: string): CertificateState => ({ status, text, daysLeft });
  if (stored.state === 'deleted') {
    return state('deleted', key === 'disabled' ? 'deleted, its private key is disabled' : 'deleted');
  }
  if (key === 'missing') return state('key-missing', 'the private key is in no token: recordings do not play');
  if (key === 'disabled') return state('key-disabled', 'the private key is disabled: recordings do not play');
  if (stored.decryptOnly) return state('decrypt-only', 'for old recordings only');
  const status = certificateStatus(certificate, now);
  if (status === 'expired') return state('expired', 'expired: encrypts nothing any more, old recordings play');
  if (status === 'not-yet-valid') return state('not-yet-valid', `valid from ${certificate.notBefore.toISOString()}`);
  if (daysLeft <= warningDays) return state('expiring', `expires in ${daysLeft} ${daysLeft === 1 ? 'day' : 'days'}`);
  return state('valid', 'valid');
}
