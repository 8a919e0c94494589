import { randomUUID } from 'node:crypto';
import type { Statement } from 'better-sqlite3';
import { CertificateLists } from '../certificates/certificate-lists.js';
import {
  noUse,
  refusalOf,
  type AddedAssignment,
  type AdditionResult,
  type AssignmentResult,
  type CertificateStore,
  type CertificateUse,
  type ChangeOrigin,
  type RemovalRequest,
  type RemovalResult,
  type UseQuestion,
} from '../certificates/certificate-store.js';
import type {
  AssignmentTarget,
  CertificateAssignment,
  RecordingCertificate,
} from '../certificates/recording-certificate.js';
import { targetKey } from '../certificates/target-key.js';
import { certificateUseAtLength } from './certificate-use.js';
import { needCountSchema } from './need-count-schema.js';
import type { DatabaseReader } from './reading/database-reader.js';
import type { DatabaseWriter } from './writing/database-writer.js';
import { storedThing } from './stored-thing.js';
import { assignmentWrites, type AssignmentWrites } from './writing/assignment-writes.js';
import { certificateWrites, type CertificateWrites } from './writing/certificate-writes.js';

interface DocumentRow {
  readonly document: string;
}

/** By which a list that was read before is known to be the one that is there now; code of before changes it as well. */
const listVersions = `
  CREATE TABLE certificate_list (
    contact_center TEXT NOT NULL PRIMARY KEY,
    version BLOB NOT NULL -- another one by chance with every change, so that it never comes back
  ) STRICT, WITHOUT ROWID;
  INSERT INTO certificate_list SELECT contact_center, randomblob(16) FROM recording_certificate GROUP BY contact_center;
  ${['INSERT', 'UPDATE', 'DELETE']
    .map(
      act => `
  CREATE TRIGGER certificate_list_after_${act.toLowerCase()} AFTER ${act} ON recording_certificate
  BEGIN
    INSERT INTO certificate_list VALUES (${act === 'DELETE' ? 'OLD' : 'NEW'}.contact_center, randomblob(16))
      ON CONFLICT (contact_center) DO UPDATE SET version = excluded.version;
  END;`,
    )
    .join('')}
`;

class SqliteCertificateStore implements CertificateStore {
  private readonly lists = new CertificateLists();
  private readonly versionStatement: Statement<[string], { readonly version: string }>;
  private readonly listStatement: Statement<[string | null], DocumentRow>;
  private readonly findStatement: Statement<[string, string], DocumentRow>;
  private readonly assignmentsStatement: Statement<[string | null], DocumentRow>;
  private readonly assignmentStatement: Statement<[string, string], DocumentRow>;

  constructor(
    private readonly reader: DatabaseReader,
    private readonly writer: DatabaseWriter<CertificateWrites & AssignmentWrites>,
  ) {
    const { database } = reader;
    this.versionStatement = database.prepare(
      'SELECT hex(version) AS version FROM certificate_list WHERE contact_center = ?',
    );
    this.listStatement = database.prepare<[string | null], DocumentRow>(
      'SELECT document FROM recording_certificate WHERE contact_center = coalesce(?, contact_center) ORDER BY alias',
    );
    this.findStatement = database.prepare(
      'SELECT document FROM recording_certificate WHERE contact_center = ? AND alias = ?',
    );
    this.assignmentsStatement = database.prepare<[string | null], DocumentRow>(
      'SELECT document FROM certificate_assignment WHERE contact_center = coalesce(?, contact_center) ORDER BY target',
    );
    this.assignmentStatement = database.prepare(
      'SELECT document FROM certificate_assignment WHERE contact_center = ? AND target = ?',
    );
  }

  list(contactCenter?: string): Promise<readonly RecordingCertificate[]> {
    return this.reader.read(() => {
      const version = contactCenter === undefined ? undefined : this.versionStatement.get(contactCenter)?.version;
      if (contactCenter === undefined || version === undefined) {
        return this.listStatement.all(contactCenter ?? null).map(certificateIn);
      }
      const known = this.lists.at(contactCenter, version);
      if (known !== undefined) return known;
      const certificates = this.listStatement.all(contactCenter).map(certificateIn);
      this.lists.keep(contactCenter, version, certificates);
      return certificates;
    });
  }

  find(contactCenter: string, alias: string): Promise<RecordingCertificate | undefined> {
    return this.reader.read(() => optional(this.findStatement.get(contactCenter, alias), certificateIn));
  }

  add(certificate: RecordingCertificate, assignTo?: AddedAssignment): Promise<AdditionResult> {
    return this.writer.write('addCertificate', { certificate, assignTo });
  }

  use(question: UseQuestion): Promise<CertificateUse> {
    return this.reader.readAtLength(database => certificateUseAtLength(database, question));
  }

  /** Counts before it removes, so that no other writer waits for the count; the removal looks at what has changed since. */
  async remove(request: RemovalRequest): Promise<RemovalResult> {
    const { contactCenter, alias } = request;
    if ((await this.find(contactCenter, alias))?.state !== 'active') return { outcome: 'not-found', ...noUse };
    const id = randomUUID();
    await this.writer.write('beginNeedCount', { id, contactCenter });
    try {
      const use = await this.use(request);
      const refusal = refusalOf(use, request);
      if (refusal !== undefined) return { outcome: refusal, ...use };
      return await this.writer.write('removeCertificate', { request, countId: id, recordings: use.recordings });
    } finally {
      // Otherwise it expires.
      await this.writer.write('endNeedCount', id).catch(() => undefined);
    }
  }

  noteKeyRemoved(contactCenter: string, alias: string, at: string | undefined): Promise<boolean> {
    return this.writer.write('noteKeyRemoved', { contactCenter, alias, at });
  }

  claimWarning(contactCenter: string, alias: string, days: number): Promise<boolean> {
    return this.writer.write('claimExpiryWarning', { contactCenter, alias, days });
  }

  assignments(contactCenter?: string): Promise<readonly CertificateAssignment[]> {
    return this.reader.read(() => this.assignmentsStatement.all(contactCenter ?? null).map(assignmentIn));
  }

  assignment(contactCenter: string, target: AssignmentTarget): Promise<CertificateAssignment | undefined> {
    return this.reader.read(() =>
      optional(this.assignmentStatement.get(contactCenter, targetKey(target)), assignmentIn),
    );
  }

  assign(assignment: CertificateAssignment): Promise<AssignmentResult> {
    return this.writer.write('assignCertificates', assignment);
  }

  unassign(contactCenter: string, target: AssignmentTarget): Promise<boolean> {
    return this.writer.write('unassignCertificates', { contactCenter, target });
  }

  async succeed(
    contactCenter: string,
    from: string,
    to: string,
    origin: ChangeOrigin,
  ): Promise<readonly AssignmentTarget[] | undefined> {
    return (await this.writer.write('succeedCertificate', { contactCenter, from, to, origin })) ?? undefined;
  }
}

export const certificates = storedThing<CertificateWrites & AssignmentWrites, CertificateStore>({
  migrations: [
    { version: 22, worksWithCodeOf: 1, sql: listVersions },
    { version: 25, worksWithCodeOf: 1, sql: needCountSchema },
  ],
  writes: database => ({ ...certificateWrites(database), ...assignmentWrites(database) }),
  open: (reader, writer) => new SqliteCertificateStore(reader, writer),
});

const certificateIn = (row: DocumentRow): RecordingCertificate => JSON.parse(row.document) as RecordingCertificate;
const assignmentIn = (row: DocumentRow): CertificateAssignment => JSON.parse(row.document) as CertificateAssignment;
const optional = <T>(row: DocumentRow | undefined, read: (row: DocumentRow) => T): T | undefined =>
  row === undefined ? undefined : read(row);
