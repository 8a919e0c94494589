import type { Certificate } from './certificate-queries.js';

export const certificateActs = ['assign', 'renew', 'rewrap', 'delete', 'removeKey', 'restoreKey'] as const;
export type CertificateAct = (typeof certificateActs)[number];

/** What may be done with a certificate in its state; the server judges it again. */
export function actsFor({ status, keyDetails }: Pick<Certificate, 'status' | 'keyDetails'>): readonly CertificateAct[] {
  if (keyDetails.presence === 'disabled') return ['restoreKey'];
  if (status === 'deleted') return keyDetails.presence === 'missing' ? [] : ['removeKey'];
  const encrypts = status === 'valid' || status === 'expiring';
  return [...(encrypts ? (['assign'] as const) : []), 'renew', 'rewrap', 'delete'];
}
