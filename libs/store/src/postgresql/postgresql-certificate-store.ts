import { CertificateLists } from '../certificates/certificate-lists.js';
import { withAlso } from '../certificates/added-assignment.js';
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
import {
  certificateByAlias,
  certificateByFingerprint,
  lockCertificates,
  mayEncrypt,
  putAssignment,
  putCertificate,
} from './certificate-rows.js';
import { assignmentsOf, certificateUse } from './certificate-use.js';
import { documentIn, documentsIn } from './document-row.js';
import type { PostgresqlDatabase } from './postgresql-database.js';
import type { Sql } from './sql.js';

export class PostgresqlCertificateStore implements CertificateStore {
  private readonly lists = new CertificateLists();

  constructor(private readonly database: PostgresqlDatabase) {}

  list(contactCenter?: string): Promise<readonly RecordingCertificate[]> {
    const text = `SELECT document FROM recording_certificate
                  WHERE contact_center = coalesce($1, contact_center) ORDER BY alias, contact_center`;
    return this.database.read(async sql => {
      const version = contactCenter === undefined ? undefined : await listVersion(sql, contactCenter);
      if (contactCenter === undefined || version === undefined) {
        return documentsIn<RecordingCertificate>(sql, text, [contactCenter ?? null]);
      }
      const known = this.lists.at(contactCenter, version);
      if (known !== undefined) return known;
      const certificates = await documentsIn<RecordingCertificate>(sql, text, [contactCenter]);
      this.lists.keep(contactCenter, version, certificates);
      return certificates;
    });
  }

  find(contactCenter: string, alias: string): Promise<RecordingCertificate | undefined> {
    return this.database.read(sql => certificateByAlias(sql, contactCenter, alias));
  }

  add(certificate: RecordingCertificate, assignTo?: AddedAssignment): Promise<AdditionResult> {
    const { contactCenter } = certificate;
    return this.change(contactCenter, async sql => {
      const added = await addTo(sql, certificate);
      if (assignTo === undefined || added.outcome === 'alias-taken') return added;
      if (added.certificate.decryptOnly) return { ...added, outcome: 'not-assignable' };
      const assignment = withAlso(await assignmentsOf(sql, contactCenter), added.certificate, assignTo);
      if (assignment !== undefined) await putAssignment(sql, assignment);
      return added;
    });
  }

  use(question: UseQuestion): Promise<CertificateUse> {
    return this.database.read(sql => certificateUse(sql, question));
  }

  remove(request: RemovalRequest): Promise<RemovalResult> {
    const { contactCenter, alias, origin } = request;
    return this.change(contactCenter, async sql => {
      const certificate = await certificateByAlias(sql, contactCenter, alias);
      if (certificate?.state !== 'active') return { outcome: 'not-found', ...noUse };
      const use = await certificateUse(sql, request);
      const refusal = refusalOf(use, request);
      if (refusal !== undefined) return { outcome: refusal, ...use };
      for (const assignment of await assignmentsOf(sql, contactCenter)) {
        if (!assignment.aliases.includes(alias)) continue;
        const aliases = assignment.aliases.filter(one => one !== alias);
        await putAssignment(sql, { ...assignment, aliases, changedAt: origin.at, changedBy: origin.by });
      }
      await putCertificate(sql, { ...certificate, state: 'deleted', deletedAt: origin.at, deletedBy: origin.by });
      return { outcome: 'removed', ...use };
    });
  }

  noteKeyRemoved(contactCenter: string, alias: string, at: string | undefined): Promise<boolean> {
    return this.change(contactCenter, async sql => {
      const certificate = await certificateByAlias(sql, contactCenter, alias);
      if (certificate?.state !== 'deleted') return false;
      const inUse = { ...certificate };
      delete inUse.keyRemovedAt;
      await putCertificate(sql, at === undefined ? inUse : { ...inUse, keyRemovedAt: at });
      return true;
    });
  }

  claimWarning(contactCenter: string, alias: string, days: number): Promise<boolean> {
    return this.change(contactCenter, async sql => {
      const certificate = await certificateByAlias(sql, contactCenter, alias);
      if (certificate?.state !== 'active' || (certificate.warnedDays ?? Infinity) <= days) return false;
      await putCertificate(sql, { ...certificate, warnedDays: days });
      return true;
    });
  }

  assignments(contactCenter?: string): Promise<readonly CertificateAssignment[]> {
    const text = `SELECT document FROM certificate_assignment
                  WHERE contact_center = coalesce($1, contact_center) ORDER BY target, contact_center`;
    return this.database.read(sql => documentsIn<CertificateAssignment>(sql, text, [contactCenter ?? null]));
  }

  assignment(contactCenter: string, target: AssignmentTarget): Promise<CertificateAssignment | undefined> {
    return this.database.read(sql => assignmentAt(sql, contactCenter, target));
  }

  assign(assignment: CertificateAssignment): Promise<AssignmentResult> {
    const { contactCenter, target, aliases } = assignment;
    return this.change<AssignmentResult>(contactCenter, async sql => {
      for (const alias of aliases) {
        if (!(await mayEncrypt(sql, contactCenter, alias))) return { outcome: 'unknown-alias', alias };
      }
      const present = await assignmentAt(sql, contactCenter, target);
      if (JSON.stringify(present?.aliases) === JSON.stringify(aliases)) return { outcome: 'unchanged' };
      await putAssignment(sql, assignment);
      return { outcome: 'assigned' };
    });
  }

  unassign(contactCenter: string, target: AssignmentTarget): Promise<boolean> {
    const text = 'DELETE FROM certificate_assignment WHERE contact_center = $1 AND target = $2';
    return this.change(contactCenter, async sql => (await sql.run(text, [contactCenter, targetKey(target)])) === 1);
  }

  succeed(
    contactCenter: string,
    from: string,
    to: string,
    origin: ChangeOrigin,
  ): Promise<readonly AssignmentTarget[] | undefined> {
    return this.change(contactCenter, async sql => {
      const old = await certificateByAlias(sql, contactCenter, from);
      if (old?.state !== 'active' || !(await mayEncrypt(sql, contactCenter, to))) return undefined;
      const affected = (await assignmentsOf(sql, contactCenter)).filter(({ aliases }) => aliases.includes(from));
      for (const assignment of affected) {
        const aliases = [...new Set(assignment.aliases.map(alias => (alias === from ? to : alias)))];
        await putAssignment(sql, { ...assignment, aliases, changedAt: origin.at, changedBy: origin.by });
      }
      await putCertificate(sql, { ...old, successor: to });
      return affected.map(({ target }) => target);
    });
  }

  private change<T>(contactCenter: string, work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.database.transaction(async sql => {
      await lockCertificates(sql, contactCenter);
      return work(sql);
    });
  }
}

async function addTo(sql: Sql, certificate: RecordingCertificate): Promise<AdditionResult> {
  const { contactCenter, alias, fingerprint } = certificate;
  const known = await certificateByFingerprint(sql, contactCenter, fingerprint);
  if (known?.state === 'active') return { outcome: 'known', certificate: known };
  if (known !== undefined) {
    const restored = await putCertificate(sql, { ...certificate, alias: known.alias });
    return { outcome: 'restored', certificate: restored };
  }
  const sameAlias = await certificateByAlias(sql, contactCenter, alias);
  if (sameAlias !== undefined) return { outcome: 'alias-taken', certificate: sameAlias };
  return { outcome: 'created', certificate: await putCertificate(sql, certificate) };
}

const assignmentAt = (
  sql: Sql,
  contactCenter: string,
  target: AssignmentTarget,
): Promise<CertificateAssignment | undefined> =>
  documentIn(sql, 'SELECT document FROM certificate_assignment WHERE contact_center = $1 AND target = $2', [
    contactCenter,
    targetKey(target),
  ]);

/** undefined: it has no certificate, and never had one. */
async function listVersion(sql: Sql, contactCenter: string): Promise<string | undefined> {
  const text = 'SELECT version FROM certificate_list WHERE contact_center = $1';
  return (await sql.first<{ version: string }>(text, [contactCenter]))?.version;
}
