import type { CertificateAssignment, RecordingCertificate } from '../certificates/recording-certificate.js';
import { targetKey } from '../certificates/target-key.js';
import { documentIn } from './document-row.js';
import { lockName } from './scoped-lock.js';
import type { Sql } from './sql.js';

/** Changes of the certificates and assignments of a contact center follow one another: each looks at several rows. */
export const lockCertificates = (sql: Sql, contactCenter: string): Promise<void> =>
  lockName(sql, `certificates of ${contactCenter}`);

export const certificateByAlias = (
  sql: Sql,
  contactCenter: string,
  alias: string,
): Promise<RecordingCertificate | undefined> =>
  documentIn(sql, 'SELECT document FROM recording_certificate WHERE contact_center = $1 AND alias = $2', [
    contactCenter,
    alias,
  ]);

export const certificateByFingerprint = (
  sql: Sql,
  contactCenter: string,
  fingerprint: string,
): Promise<RecordingCertificate | undefined> =>
  documentIn(sql, 'SELECT document FROM recording_certificate WHERE contact_center = $1 AND fingerprint = $2', [
    contactCenter,
    fingerprint,
  ]);

export async function putCertificate(sql: Sql, certificate: RecordingCertificate): Promise<RecordingCertificate> {
  const { contactCenter, alias, fingerprint } = certificate;
  await sql.run(
    `INSERT INTO recording_certificate (contact_center, alias, fingerprint, document) VALUES ($1, $2, $3, $4)
     ON CONFLICT (contact_center, alias) DO UPDATE SET document = excluded.document`,
    [contactCenter, alias, fingerprint, JSON.stringify(certificate)],
  );
  return certificate;
}

export async function putAssignment(sql: Sql, assignment: CertificateAssignment): Promise<void> {
  const { contactCenter, target } = assignment;
  await sql.run(
    `INSERT INTO certificate_assignment (contact_center, target, document) VALUES ($1, $2, $3)
     ON CONFLICT (contact_center, target) DO UPDATE SET document = excluded.document`,
    [contactCenter, targetKey(target), JSON.stringify(assignment)],
  );
}

/** Active, and not kept for old recordings alone. */
export async function mayEncrypt(sql: Sql, contactCenter: string, alias: string): Promise<boolean> {
  const certificate = await certificateByAlias(sql, contactCenter, alias);
  return certificate?.state === 'active' && !certificate.decryptOnly;
}
