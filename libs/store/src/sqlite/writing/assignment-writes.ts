import type Database from 'better-sqlite3';
import type { AssignmentResult, ChangeOrigin } from '../../certificates/certificate-store.js';
import type { AssignmentTarget, CertificateAssignment } from '../../certificates/recording-certificate.js';
import { targetKey } from '../../certificates/target-key.js';
import { CertificateRows } from './certificate-rows.js';
import type { WriteHandlers } from './write-operation.js';

export type AssignmentWrites = {
  assignCertificates: { input: CertificateAssignment; result: AssignmentResult };
  unassignCertificates: { input: { contactCenter: string; target: AssignmentTarget }; result: boolean };
  succeedCertificate: {
    input: { contactCenter: string; from: string; to: string; origin: ChangeOrigin };
    /** null: one of the two cannot be used. */
    result: readonly AssignmentTarget[] | null;
  };
};

export function assignmentWrites(database: Database.Database): WriteHandlers<AssignmentWrites> {
  const rows = new CertificateRows(database);
  const remove = database.prepare<[string, string]>(
    'DELETE FROM certificate_assignment WHERE contact_center = ? AND target = ?',
  );
  const mayEncrypt = (contactCenter: string, alias: string): boolean => {
    const certificate = rows.byAlias(contactCenter, alias);
    return certificate?.state === 'active' && !certificate.decryptOnly;
  };
  return {
    assignCertificates(assignment) {
      const { contactCenter, aliases } = assignment;
      const unknown = aliases.find(alias => !mayEncrypt(contactCenter, alias));
      if (unknown !== undefined) return { outcome: 'unknown-alias', alias: unknown };
      if (isInForce(rows, assignment)) return { outcome: 'unchanged' };
      rows.putAssignment(assignment);
      return { outcome: 'assigned' };
    },

    unassignCertificates: ({ contactCenter, target }) => remove.run(contactCenter, targetKey(target)).changes === 1,

    succeedCertificate({ contactCenter, from, to, origin }) {
      const old = rows.byAlias(contactCenter, from);
      if (old?.state !== 'active' || !mayEncrypt(contactCenter, to)) return null;
      const affected = rows.assignments(contactCenter).filter(({ aliases }) => aliases.includes(from));
      for (const assignment of affected) {
        const aliases = [...new Set(assignment.aliases.map(alias => (alias === from ? to : alias)))];
        rows.putAssignment({ ...assignment, aliases, changedAt: origin.at, changedBy: origin.by });
      }
      rows.put({ ...old, successor: to });
      return affected.map(({ target }) => target);
    },
  };
}

function isInForce(rows: CertificateRows, { contactCenter, target, aliases }: CertificateAssignment): boolean {
  const present = rows.assignments(contactCenter).find(one => targetKey(one.target) === targetKey(target));
  return present !== undefined && JSON.stringify(present.aliases) === JSON.stringify(aliases);
}
