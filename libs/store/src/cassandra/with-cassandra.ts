import { ConfigurationError, RcsError } from '#platform';
import type { CertificateStore } from '../certificates/certificate-store.js';
import type { Store } from '../store.js';
import { CassandraDatabase } from './cassandra-database.js';
import { CassandraDeletionProtectionStore } from './cassandra-deletion-protection-store.js';
import { CassandraLegalHoldStore } from './cassandra-legal-hold-store.js';
import type { CassandraOptions } from './cassandra-options.js';
import { CassandraRecordingSearchStore } from './cassandra-recording-search-store.js';
import { CassandraRecordingStore } from './cassandra-recording-store.js';
import { removalsInCassandra } from './cassandra-removal-store.js';
import { schemaVersion } from './cassandra-schema.js';
import { connectionProblem } from './connection-advice.js';
import { labelsInCassandra } from './labels-in-cassandra.js';
import { claimsInCassandra } from './media-places.js';
import { overridden } from './overridden.js';
import { VisibleRecordings } from './visible-recordings.js';

/**
 * A store whose recordings lie in Cassandra, and everything else in `rest`, which is closed with it. What would have to
 * change both at once is refused.
 * @throws ConfigurationError when no node serves, the tables are not there, or `rest` has recordings.
 */
export async function withCassandra(rest: Store, options: CassandraOptions): Promise<Store> {
  const database = new CassandraDatabase(options);
  try {
    await refuseOtherRecordings(rest);
    await connected(database, options);
  } catch (error) {
    await database.close();
    throw error;
  }
  const { removalOrders: orders } = rest;
  const visible = new VisibleRecordings(database, orders);
  return {
    ...rest,
    recordings: new CassandraRecordingStore(database, visible, orders),
    recordingSearch: new CassandraRecordingSearchStore(database, visible),
    deletionProtection: new CassandraDeletionProtectionStore(database, visible),
    certificates: guardedCertificates(rest.certificates, database),
    mediaIndex: claimsInCassandra(rest.mediaIndex, database),
    labels: labelsInCassandra(rest.labels, database, visible),
    legalHolds: new CassandraLegalHoldStore(database, visible, orders),
    removals: removalsInCassandra(rest, database),
    mediaEncryptions: {
      namedBy: () => refused('the encryption of stored recordings'),
      isBeingRemoved: () => refused('the encryption of stored recordings'),
      plan: () => refused('the encryption of stored recordings'),
      encrypt: () => refused('the encryption of stored recordings'),
    },
    // Nothing would take them along when a recording goes: they are made at each request.
    peaks: { find: () => Promise.resolve(undefined), keep: () => Promise.resolve(false) },
    custody: overridden(rest.custody, {
      page: () => refused('proofs of custody'),
    }),
    rewraps: overridden(rest.rewraps, { create: () => refused('a rewrap') }),

    async check() {
      const asked = database.operation(() => database.first('SELECT version FROM rcs_schema WHERE name = ?', [schema]));
      await Promise.all([rest.check(), asked]);
    },

    async close() {
      await Promise.all([rest.close(), database.close()]);
    },
  };
}

const schema = 'recordings';

async function connected(database: CassandraDatabase, options: CassandraOptions): Promise<void> {
  let version: number | undefined;
  try {
    await database.connect();
    const row = await database.first('SELECT version FROM rcs_schema WHERE name = ?', [schema]);
    version = row?.['version'] as number | undefined;
  } catch (error) {
    throw new ConfigurationError(`cassandraCluster: ${connectionProblem(options, error)}`, { cause: error });
  }
  if (version === schemaVersion) return;
  const tables = `cassandraCluster: the tables in the keyspace ${options.keyspace}`;
  throw new ConfigurationError(
    version !== undefined && version > schemaVersion
      ? `${tables} are of a newer version of this product (${version}, this one knows ${schemaVersion})`
      : `${tables} are not up to date: run rcsctl store prepare-cassandra`,
  );
}

/** Nobody would find them any more. */
async function refuseOtherRecordings(rest: Store): Promise<void> {
  if ((await rest.mediaIndex.recordingsAfter(0, 1)).length === 0) return;
  throw new ConfigurationError(
    'cassandraCluster: the store has recordings already, which nobody would find any more: take cassandraCluster out, or use a store without recordings',
  );
}

/** Which recordings need a certificate is not known here: where there are any, it stays. */
function guardedCertificates(certificates: CertificateStore, database: CassandraDatabase): CertificateStore {
  const text = 'SELECT bucket FROM recording_search_bucket WHERE contact_center = ? AND key = ? LIMIT 1';
  const unknownIn = async (contactCenter: string): Promise<number> => {
    const row = await database.operation(() => database.first(text, [contactCenter, 'time']));
    return row === undefined ? 0 : 1;
  };
  return overridden(certificates, {
    async use(question) {
      const [use, unknown] = await Promise.all([certificates.use(question), unknownIn(question.contactCenter)]);
      return { ...use, unknown: use.unknown + unknown };
    },
    async remove(request) {
      const unknown = await unknownIn(request.contactCenter);
      if (unknown === 0) return certificates.remove(request);
      const use = await certificates.use(request);
      const isThere = (await certificates.find(request.contactCenter, request.alias)) !== undefined;
      return { ...use, unknown: use.unknown + unknown, outcome: isThere ? 'unknown' : 'not-found' };
    },
  });
}

function refused(what: string): Promise<never> {
  const detail = `${what} and recordings in Cassandra do not go together yet`;
  return Promise.reject(new RcsError('RCS_NOT_WITH_CASSANDRA', detail, { publicDetail: detail }));
}
