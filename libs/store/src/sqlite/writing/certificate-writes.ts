import type Database from 'better-sqlite3';
import {
  noUse,
  type AddedAssignment,
  type AdditionResult,
  type RemovalRequest,
  type RemovalResult,
} from '../../certificates/certificate-store.js';
import type { RecordingCertificate } from '../../certificates/recording-certificate.js';
import { withAlso } from '../../certificates/added-assignment.js';
import { certificateUse } from '../certificate-use.js';
import { CertificateRows } from './certificate-rows.js';
import type { WriteHandlers } from './write-operation.js';

export type CertificateWrites = {
  addCertificate: {
    input: { certificate: RecordingCertificate; assignTo: AddedAssignment | undefined };
    result: AdditionResult;
  };
  removeCertificate: { input: RemovalRequest; result: RemovalResult };
  noteKeyRemoved: { input: { contactCenter: string; alias: string; at: string | undefined }; result: boolean };
  claimExpiryWarning: { input: { contactCenter: string; alias: string; days: number }; result: boolean };
};

export function certificateWrites(database: Database.Database): WriteHandlers<CertificateWrites> {
  const rows = new CertificateRows(database);
  const add = (certificate: RecordingCertificate): AdditionResult => {
    const { contactCenter, alias, fingerprint } = certificate;
    const known = rows.byFingerprint(contactCenter, fingerprint);
    if (known?.state === 'active') return { outcome: 'known', certificate: known };
    if (known !== undefined) {
      return { outcome: 'restored', certificate: rows.put({ ...certificate, alias: known.alias }) };
    }
    const sameAlias = rows.byAlias(contactCenter, alias);
    if (sameAlias !== undefined) return { outcome: 'alias-taken', certificate: sameAlias };
    return { outcome: 'created', certificate: rows.put(certificate) };
  };
  return {
    addCertificate({ certificate, assignTo }) {
      const added = add(certificate);
      if (assignTo === undefined || added.outcome === 'alias-taken') return added;
      if (added.certificate.decryptOnly) return { ...added, outcome: 'not-assignable' };
      const assignment = withAlso(rows.assignments(certificate.contactCenter), added.certificate, assignTo);
      if (assignment !== undefined) rows.putAssignment(assignment);
      return added;
    },

    removeCertificate(request) {
      const { contactCenter, alias, force, origin } = request;
      const certificate = rows.byAlias(contactCenter, alias);
      if (certificate?.state !== 'active') return { outcome: 'not-found', ...noUse };
      const assigned = rows.assignments(contactCenter).filter(({ aliases }) => aliases.includes(alias));
      const use = certificateUse(database, request);
      if (use.unknown > 0) return { outcome: 'unknown', ...use };
      if (!force && use.assignments + use.recordings + use.archives > 0) return { outcome: 'in-use', ...use };
      for (const assignment of assigned) {
        const aliases = assignment.aliases.filter(one => one !== alias);
        rows.putAssignment({ ...assignment, aliases, changedAt: origin.at, changedBy: origin.by });
      }
      rows.put({ ...certificate, state: 'deleted', deletedAt: origin.at, deletedBy: origin.by });
      return { outcome: 'removed', ...use };
    },

    noteKeyRemoved({ contactCenter, alias, at }) {
      const certificate = rows.byAlias(contactCenter, alias);
      if (certificate?.state !== 'deleted') return false;
      const inUse = { ...certificate };
      delete inUse.keyRemovedAt;
      rows.put(at === undefined ? inUse : { ...inUse, keyRemovedAt: at });
      return true;
    },

    claimExpiryWarning({ contactCenter, alias, days }) {
      const certificate = rows.byAlias(contactCenter, alias);
      if (certificate?.state !== 'active' || (certificate.warnedDays ?? Infinity) <= days) return false;
      rows.put({ ...certificate, warnedDays: days });
      return true;
    },
  };
}
