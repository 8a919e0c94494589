import type Database from 'better-sqlite3';
import {
  noUse,
  refusalOf,
  type AddedAssignment,
  type AdditionResult,
  type RemovalRequest,
  type RemovalResult,
} from '../../certificates/certificate-store.js';
import type { RecordingCertificate } from '../../certificates/recording-certificate.js';
import { withAlso } from '../../certificates/added-assignment.js';
import { certificateUseSince } from '../certificate-use.js';
import { longestNeedCount } from '../need-count-schema.js';
import { WriteRefused } from '../../group-commit/write-request.js';
import { CertificateRows } from './certificate-rows.js';
import type { WriteHandlers } from './write-operation.js';

interface NeedCount {
  readonly id: string;
  readonly contactCenter: string;
}

export type CertificateWrites = {
  addCertificate: {
    input: { certificate: RecordingCertificate; assignTo: AddedAssignment | undefined };
    result: AdditionResult;
  };
  /** From now on what changes in the contact center is noted, until the count of this id ends. */
  beginNeedCount: { input: NeedCount; result: null };
  endNeedCount: { input: string; result: null };
  /** `recordings` need it, as was counted since the count began: none, unless it is forced. Ends the count. */
  removeCertificate: { input: { request: RemovalRequest; countId: string; recordings: number }; result: RemovalResult };
  noteKeyRemoved: { input: { contactCenter: string; alias: string; at: string | undefined }; result: boolean };
  claimExpiryWarning: { input: { contactCenter: string; alias: string; days: number }; result: boolean };
};

export function certificateWrites(database: Database.Database): WriteHandlers<CertificateWrites> {
  const rows = new CertificateRows(database);
  const expire = database.prepare('DELETE FROM need_count WHERE expires < unixepoch()');
  const begin = database.prepare<[string, string]>(
    `INSERT INTO need_count (id, contact_center, expires) VALUES (?, ?, unixepoch() + ${longestNeedCount})`,
  );
  const end = database.prepare<[string]>('DELETE FROM need_count WHERE id = ?');
  const isUnderWay = database.prepare<[string]>('SELECT 1 FROM need_count WHERE id = ?');
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

    beginNeedCount({ id, contactCenter }) {
      expire.run();
      begin.run(id, contactCenter);
      return null;
    },

    endNeedCount(id) {
      end.run(id);
      return null;
    },

    removeCertificate({ request, countId, recordings }) {
      const { contactCenter, alias, force, origin } = request;
      const certificate = rows.byAlias(contactCenter, alias);
      if (certificate?.state !== 'active') return { outcome: 'not-found', ...noUse };
      const assigned = rows.assignments(contactCenter).filter(({ aliases }) => aliases.includes(alias));
      if (isUnderWay.get(countId) === undefined) {
        const message = `what needs ${alias} was counted for longer than ${longestNeedCount} s; try again`;
        throw new WriteRefused('RCS_STORE_UNAVAILABLE', message);
      }
      const since = certificateUseSince(database, request);
      end.run(countId);
      const use = force ? { ...since, recordings } : since;
      const refusal = refusalOf(use, request);
      if (refusal !== undefined) return { outcome: refusal, ...use };
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
