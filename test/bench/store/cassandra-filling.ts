import { auth, Client, policies, types } from 'cassandra-driver';
import type { Recording } from '#store';
import { bucketOf, keysOf } from '../../../libs/store/src/cassandra/search-key.js';
import { indexedRecording } from '../../../libs/store/src/recording-search/indexed-recording.js';
import { superuser } from '../../support/cassandra/cassandra-node.js';
import type { FillStore } from './filled-stores.js';

interface Statement {
  readonly query: string;
  readonly params: readonly unknown[];
}

const insertRecording = `INSERT INTO recording (id, contact_center, document, inserted_by, complete)
                         VALUES (?, ?, ?, 'bench', true)`;
const insertBucket = 'INSERT INTO recording_search_bucket (contact_center, key, bucket) VALUES (?, ?, ?)';
const insertRow = `INSERT INTO recording_search
                   (contact_center, key, bucket, start_time, recording_id, region, caller, dialed)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
/** Requests that are under way at once. */
const concurrency = 192;
/** Rows of one partition that one request writes. */
const rowsAtOnce = 50;

/** Without the lightweight transactions that decide between two who insert at once, and rows of one partition together. */
export async function cassandraFilling(
  port: number,
  keyspace: string,
): Promise<{ fill: FillStore; end: () => Promise<void> }> {
  const client = new Client({
    ...{ contactPoints: [`127.0.0.1:${port}`], protocolOptions: { port }, keyspace },
    authProvider: new auth.PlainTextAuthProvider(superuser.userName, superuser.password),
    socketOptions: { connectTimeout: 20_000, readTimeout: 60_000 },
    policies: { loadBalancing: new policies.loadBalancing.RoundRobinPolicy() },
  });
  await client.connect();
  const known = new Set<string>();
  return {
    fill: recordings => carryOut(client, requestsFor(recordings, known)),
    end: () => client.shutdown(),
  };
}

async function carryOut(client: Client, requests: readonly (readonly Statement[])[]): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let statements = requests[next++]; statements !== undefined; statements = requests[next++]) {
      const queries = statements.map(({ query, params }) => ({ query, params: [...params] }));
      await client.batch(queries, { prepare: true, logged: false, consistency: types.consistencies.localQuorum });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
}

/** @param known buckets that are noted already */
function requestsFor(recordings: readonly Recording[], known: Set<string>): readonly (readonly Statement[])[] {
  const requests: Statement[][] = [];
  const partitions = new Map<string, Statement[]>();
  for (const recording of recordings) {
    const indexed = indexedRecording(recording);
    const { contactCenter, id, region, startTime, caller, dialed } = indexed;
    requests.push([{ query: insertRecording, params: [id, contactCenter, JSON.stringify(recording)] }]);
    for (const key of keysOf(indexed)) {
      const place = [contactCenter, key, bucketOf(key, startTime)] as const;
      const name = JSON.stringify(place);
      if (!known.has(name)) requests.push([{ query: insertBucket, params: place }]);
      known.add(name);
      const params = [...place, types.Long.fromNumber(startTime), id, region, caller, dialed];
      const rows = partitions.get(name);
      if (rows === undefined) partitions.set(name, [{ query: insertRow, params }]);
      else rows.push({ query: insertRow, params });
    }
  }
  for (const rows of partitions.values())
    for (let first = 0; first < rows.length; first += rowsAtOnce) requests.push(rows.slice(first, first + rowsAtOnce));
  return requests;
}
