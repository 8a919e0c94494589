import type Database from 'better-sqlite3';
import type { CertificateAssignment, RecordingCertificate } from '../../certificates/recording-certificate.js';
import { targetKey } from '../../certificates/target-key.js';

interface DocumentRow {
  readonly document: string;
}

/** Certificates and assignments as rows, for the writes that look at both. */
export class CertificateRows {
  private readonly selectByAlias;
  private readonly selectByFingerprint;
  private readonly upsert;
  private readonly selectAssignments;
  private readonly upsertAssignment;

  constructor(database: Database.Database) {
    this.selectByAlias = database.prepare<[string, string], DocumentRow>(
      'SELECT document FROM recording_certificate WHERE contact_center = ? AND alias = ?',
    );
    this.selectByFingerprint = database.prepare<[string, string], DocumentRow>(
      'SELECT document FROM recording_certificate WHERE contact_center = ? AND fingerprint = ?',
    );
    this.upsert = database.prepare<[string, string, string, string]>(
      `INSERT INTO recording_certificate (contact_center, alias, fingerprint, document) VALUES (?, ?, ?, ?)
       ON CONFLICT (contact_center, alias) DO UPDATE SET document = excluded.document`,
    );
    this.selectAssignments = database.prepare<[string], DocumentRow>(
      'SELECT document FROM certificate_assignment WHERE contact_center = ? ORDER BY target',
    );
    this.upsertAssignment = database.prepare<[string, string, string]>(
      `INSERT INTO certificate_assignment (contact_center, target, document) VALUES (?, ?, ?)
       ON CONFLICT (contact_center, target) DO UPDATE SET document = excluded.document`,
    );
  }

  byAlias(contactCenter: string, alias: string): RecordingCertificate | undefined {
    return certificateIn(this.selectByAlias.get(contactCenter, alias));
  }

  byFingerprint(contactCenter: string, fingerprint: string): RecordingCertificate | undefined {
    return certificateIn(this.selectByFingerprint.get(contactCenter, fingerprint));
  }

  put(certificate: RecordingCertificate): RecordingCertificate {
    const { contactCenter, alias, fingerprint } = certificate;
    this.upsert.run(contactCenter, alias, fingerprint, JSON.stringify(certificate));
    return certificate;
  }

  assignments(contactCenter: string): CertificateAssignment[] {
    return this.selectAssignments.all(contactCenter).map(row => JSON.parse(row.document) as CertificateAssignment);
  }

  putAssignment(assignment: CertificateAssignment): void {
    const { contactCenter, target } = assignment;
    this.upsertAssignment.run(contactCenter, targetKey(target), JSON.stringify(assignment));
  }
}

const certificateIn = (row: DocumentRow | undefined): RecordingCertificate | undefined =>
  row === undefined ? undefined : (JSON.parse(row.document) as RecordingCertificate);
