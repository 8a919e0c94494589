import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { loadConfiguration, requireSections, type CassandraClusterConfiguration } from '#platform';
import { openStore, prepareConfiguredCassandra, type RemovalOrder, type Store } from '#store';
import { CassandraNode, superuser } from '#test/cassandra/cassandra-node.js';
import { makeKeystores } from '#test/cassandra/node-files.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { schema } from '../../libs/store/src/cassandra/cassandra-schema.js';
import { exampleMediaFile, exampleRecording } from '../../libs/store/src/testing/example-recording.js';
import { writtenContracts } from '../../libs/store/src/testing/store-contract.js';

jest.setTimeout(300_000);

const tables = schema
  .flatMap(text => /CREATE TABLE IF NOT EXISTS (\w+)/.exec(text)?.[1] ?? [])
  .filter(name => name !== 'rcs_schema');
const kept = [
  'recordings',
  'recordingSearch',
  'deletionProtection',
  'labels',
  'legalHolds',
  'removals',
  'removalOrders',
];
const location = { mediaId: exampleMediaFile.mediaId, location: '0:/a/b' };

describe('recordings in Cassandra', () => {
  const work = mkdtempSync(join(tmpdir(), 'rcs-cassandra-spec-'));
  const open: Store[] = [];
  let node: CassandraNode;
  let number = 0;

  beforeAll(async () => {
    node = await CassandraNode.start();
    await prepareConfiguredCassandra(configured().cassandraCluster, { datacenter1: 1 });
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map(store => store.close()));
  });
  afterAll(async () => {
    await node?.stop();
    rmSync(work, { recursive: true, force: true });
  });

  /** As application.yaml has it. */
  function configured(changed: object = {}, port = node.port) {
    const file = join(work, 'application.yaml');
    const cassandraCluster = {
      ...{ nodes: `localhost:${port}`, useSSL: true, trustStore: node.trustStore, truststorePassword: 'password' },
      ...{ ...superuser, connectTimeoutMs: 5000, operationTimeoutMs: 60_000, thrift_port: 9160, jmx_port: 7199 },
      ...changed,
    };
    number += 1;
    const store = { directory: join(work, `store-${number}`) };
    writeFileSync(file, stringify(JSON.parse(JSON.stringify({ store, cassandraCluster }))));
    return requireSections(loadConfiguration(file, {}), 'store') as {
      store: ReturnType<typeof loadConfiguration>['store'] & object;
      cassandraCluster: CassandraClusterConfiguration;
    };
  }

  async function opened(changed: object = {}): Promise<Store> {
    const store = await openStore(configured(changed), { auditWriter: 'gateway-1' });
    open.push(store);
    return store;
  }

  const emptied = (): Promise<void> => node.execute(...tables.map(table => `TRUNCATE rcs.${table}`));

  describe('as every store has them', () => {
    let store: Store;
    beforeEach(async () => {
      await emptied();
      store = await opened();
    });
    for (const { of, tests } of writtenContracts()) if (kept.includes(of)) tests(() => store);

    it('come to their end when whoever inserted them died in between', async () => {
      await store.recordings.insert(exampleRecording, { locations: [location] });
      const cut = `UPDATE rcs.recording SET complete = false WHERE id = '${exampleRecording.id}' IF EXISTS`;
      await node.execute(cut, 'TRUNCATE rcs.recording_search', 'TRUNCATE rcs.media_location');
      expect(await store.recordings.find(exampleRecording.id)).toBeUndefined();
      expect(await store.recordings.insert(exampleRecording, { locations: [location] })).toBe('unchanged');
      expect(await store.recordings.find(exampleRecording.id)).toEqual(exampleRecording);
      const { contactCenter, region } = exampleRecording;
      const page = { towards: 'older', limit: 10, examine: 100 } as const;
      expect((await store.recordingSearch.search({ contactCenter, region }, page)).recordings).toHaveLength(1);
    });

    it('claim no location when they are refused', async () => {
      await store.recordings.insert(exampleRecording);
      const different = { ...exampleRecording, callerPhoneNumber: '1' };
      const places = { locations: [location] };
      await expect(store.recordings.insert(different, places)).rejects.toMatchObject({ code: 'RCS_RECORDING_EXISTS' });
      const neighbours = { ...exampleRecording, id: 'neighbours', contactCenter: 'neighbour' };
      expect(await store.recordings.insert(neighbours, places)).toBe('created');
      const both = { locations: [{ ...location, location: '0:/free' }, location] };
      const third = { ...exampleRecording, id: 'third', contactCenter: 'third' };
      await expect(store.recordings.insert(third, both)).rejects.toMatchObject({ code: 'RCS_MEDIA_LOCATION_TAKEN' });
      const free = { locations: [{ ...location, location: '0:/free' }] };
      expect(await store.recordings.insert({ ...neighbours, id: 'fourth' }, free)).toBe('created');
    });

    it('keep the certificates of their contact center', async () => {
      const { contactCenter } = exampleRecording;
      await store.recordings.insert(exampleRecording);
      const question = { contactCenter, alias: 'a', recipients: [], otherRecipients: [] };
      expect((await store.certificates.use(question)).unknown).toBe(1);
      expect((await store.certificates.use({ ...question, contactCenter: 'other' })).unknown).toBe(0);
    });

    const order: RemovalOrder = {
      ...{ recordingId: exampleRecording.id, contactCenter: exampleRecording.contactCenter },
      ...{ user: 'ann', reason: 'asked for', time: '2026-11-28T00:00:00.000Z' },
      kind: 'erased',
    };

    /** Every row that names the recording, or its people. */
    async function rowsLeft(): Promise<readonly string[]> {
      const left: string[] = [];
      for (const table of tables.filter(name => name !== 'location_claim')) {
        if ((await node.rows(`SELECT * FROM rcs.${table}`)).length > 0) left.push(table);
      }
      return left;
    }

    it('leave nothing behind when they are removed', async () => {
      const { contactCenter, id } = exampleRecording;
      await store.recordings.insert(exampleRecording, { locations: [location] });
      const pin = { layout: 'plain', length: 4, contentRoot: 'ab' } as const;
      await store.recordings.pin(id, { mediaId: location.mediaId, pin, leaves: Buffer.alloc(32) });
      await store.labels.define({ contactCenter, name: 'sale', displayName: '', description: '' });
      await store.labels.put(id, { name: 'sale', user: 'ann', time: order.time });
      expect(await store.removals.remove(order, [location])).toBe('removed');
      expect(await rowsLeft()).toEqual([]);
      expect(await store.labels.undefine(contactCenter, 'sale')).toBe('removed');
      const question = { contactCenter, alias: 'a', recipients: [], otherRecipients: [] };
      expect((await store.certificates.use(question)).unknown).toBe(0);
    });

    it.each(['settle', 'end'] as const)('go to the end when whoever removed them died before %s', async step => {
      const { id, contactCenter, region } = exampleRecording;
      await store.recordings.insert(exampleRecording, { locations: [location] });
      const died = new Error('died');
      const dying = jest.spyOn(store.removalOrders, step).mockRejectedValue(died);
      await expect(store.removals.remove(order, [location])).rejects.toThrow();
      expect(await store.recordings.find(id)).toBeUndefined();
      const page = { towards: 'older', limit: 10, examine: 100 } as const;
      expect((await store.recordingSearch.search({ contactCenter, region }, page)).recordings).toEqual([]);
      const now = Date.now();
      expect(await store.removals.claimErasures({ now, leaseUntil: now, limit: 10 })).toEqual([]);
      dying.mockRestore();
      const later = now + 130_000;
      expect(await store.removals.claimErasures({ now: later, leaseUntil: later, limit: 10 })).toEqual([]);
      expect(await store.removals.hasRemoved(id)).toBe(true);
      expect(await store.removals.pendingMedia(contactCenter, 10)).toHaveLength(1);
      expect(await rowsLeft()).toEqual([]);
      expect(await store.removalOrders.claim({ now: 1e15, leaseUntil: 0, limit: 10 })).toEqual([]);
    });

    it('stay hidden when a snapshot brings them back, and are removed again', async () => {
      const { id, contactCenter, region } = exampleRecording;
      await store.recordings.insert(exampleRecording, { locations: [location] });
      const snapshot = await node.rows('SELECT JSON * FROM rcs.recording');
      const index = await node.rows('SELECT JSON * FROM rcs.recording_search');
      await store.removals.remove(order, [location]);
      const restore = (table: string, rows: readonly Record<string, unknown>[]): readonly string[] =>
        rows.map(row => `INSERT INTO rcs.${table} JSON '${String(row['[json]']).replaceAll("'", "''")}'`);
      await node.execute(...restore('recording', snapshot), ...restore('recording_search', index));
      expect(await rowsLeft()).toEqual(['recording', 'recording_search']);
      expect(await store.recordings.find(id)).toBeUndefined();
      const page = { towards: 'older', limit: 10, examine: 100 } as const;
      expect((await store.recordingSearch.search({ contactCenter, region }, page)).recordings).toEqual([]);
      await expect(store.recordings.insert(exampleRecording)).rejects.toMatchObject({ code: 'RCS_RECORDING_REMOVED' });
      const { recordings, next } = await store.removals.broughtBack(0, 10);
      expect(recordings.map(({ recording }) => recording)).toEqual([exampleRecording]);
      expect(next).toBeUndefined();
      for (const { entry } of recordings) expect(await store.removals.replay(entry, [location])).toBe(true);
      expect(await rowsLeft()).toEqual([]);
      expect((await store.removals.broughtBack(0, 10)).recordings).toEqual([]);
    });

    it('are held, protected and labelled before a removal or not at all', async () => {
      const { id, contactCenter } = exampleRecording;
      await store.labels.define({ contactCenter, name: 'sale', displayName: '', description: '' });
      for (let round = 0; round < 8; round++) {
        const recordingId = `${id}-${round}`;
        await store.recordings.insert({ ...exampleRecording, id: recordingId });
        const [removal, hold, protection] = await Promise.allSettled([
          store.removals.remove({ ...order, kind: 'deleted', recordingId }, []),
          store.legalHolds.place({ id: `h-${round}`, recordingId, user: 'u', reason: 'r', time: order.time }),
          store.deletionProtection.apply(recordingId, { user: 'u', time: order.time }),
          store.labels.put(recordingId, { name: 'sale', user: 'u', time: order.time }),
        ]);
        const isThere = (await store.recordings.find(recordingId)) !== undefined;
        expect(isThere).toBe(removal.status === 'rejected');
        expect([hold.status === 'fulfilled', protection.status === 'fulfilled'].includes(true)).toBe(isThere);
        if (isThere) await store.removals.replay({ ...order, kind: 'deleted', recordingId }, []);
      }
      expect(await rowsLeft()).toEqual([]);
    });

    it('are walked through whole, a part at a time', async () => {
      const ids = Array.from({ length: 7 }, (_, index) => `walk-${index}`);
      for (const id of ids) await store.recordings.insert({ ...exampleRecording, id });
      const seen: string[] = [];
      for (let position = 0, isOver = false; !isOver;) {
        const part = await store.mediaIndex.recordingsAfter(position, 3);
        seen.push(...part.map(({ recording }) => recording.id));
        position = part.at(-1)?.position ?? position;
        isOver = part.length < 3;
      }
      expect(seen.sort()).toEqual(ids);
    });
  });

  describe('are reached', () => {
    it('with a trust store that is JKS, whatever the names of the files', async () => {
      await (await opened({ trustStore: node.oldTrustStore })).check();
    });

    it.each([
      ['a wrong password', () => ({ password: 'wrong' }), /check cassandraCluster\.userName \(cassandra\)/],
      ['no name', () => ({ userName: undefined, password: undefined }), /give cassandraCluster\.userName/],
      ['no TLS', () => ({ useSSL: false, connectTimeoutMs: 1500 }), /write cassandraCluster\.useSSL: true/],
      ['no keyspace', () => ({ keyspace: 'nowhere' }), /rcsctl store prepare-cassandra --replication/],
      ['nobody there', () => ({ nodes: 'localhost:1' }), /nothing listens there: check cassandraCluster\.nodes/],
    ])('not with %s, and the message says what to do', async (_, changed, words) => {
      await expect(opened(changed())).rejects.toThrow(words);
    });

    it('not where an authority of others is trusted, or one with a weak key', async () => {
      const other = mkdtempSync(join(work, 'other-'));
      await makeKeystores(other);
      await expect(opened({ trustStore: join(other, 'client.jks') })).rejects.toThrow(/cassandraCluster\.trustStore/);
      const weak = mkdtempSync(join(work, 'weak-'));
      await makeKeystores(weak, 'localhost', 1024);
      const trustStore = join(weak, 'client.jks');
      await expect(opened({ trustStore })).rejects.toThrow(/CN=localhost.* RSA key of 1024 bits.*allowWeakKeys/);
    });

    it('not under a name that the certificate of the node has not', async () => {
      await expect(opened({ nodes: `127.0.0.1:${node.port}` })).rejects.toThrow(/has another name/);
    });
  });

  it('are all there after a crash of the node, and refused with the time to come again meanwhile', async () => {
    await emptied();
    const store = await opened();
    const impatient = await opened({ operationTimeoutMs: 1500 });
    const acknowledged: string[] = [];
    let inserting = true;
    const insert = async (lane: number): Promise<void> => {
      for (let count = 0; inserting; count++) {
        const id = `${lane}-${count}`;
        await store.recordings.insert({ ...exampleRecording, id });
        acknowledged.push(id);
      }
    };
    const inserts = Promise.all([0, 1, 2, 3].map(insert));
    await waitFor('recordings', () => acknowledged.length >= 40);
    await node.halt('SIGKILL');
    const before = acknowledged.length;
    await expect(impatient.recordings.find('any')).rejects.toMatchObject({
      code: 'RCS_STORE_UNAVAILABLE',
      retryAfterMs: 1000,
    });
    await expect(impatient.check()).rejects.toMatchObject({ code: 'RCS_STORE_UNAVAILABLE' });
    await node.run();
    await waitFor('more of them', () => acknowledged.length >= before + 20);
    inserting = false;
    await inserts;
    const found = await Promise.all(acknowledged.map(id => store.recordings.find(id)));
    expect(found.filter(recording => recording === undefined)).toEqual([]);
    expect(await store.recordings.insert({ ...exampleRecording, id: acknowledged[0] ?? '' })).toBe('unchanged');
  });
});
