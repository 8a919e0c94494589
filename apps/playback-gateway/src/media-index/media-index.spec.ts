import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkerRegistry } from '#contracts';
import { ContentTreeBuilder, MediaStorages } from '#media-storage';
import { createLogger, createMetricsRegistry, RcsError, LiveIdentity } from '#platform';
import { openSqliteStore, type MediaFile, type RetentionStore, type Store } from '#store';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { InspectingWorker, type Found } from '#test/data-plane/inspecting-worker.js';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';
import { ConfiguredReceivers } from '../interaction-receivers/configured-receivers.js';
import { GrantIssuer } from '../grants/grant-issuer.js';
import { WorkerClient } from '../workers/worker-client.js';
import { InsertedEnvelopes } from '../recordings/inserted-envelopes.js';
import { InsertionInspection } from '../recordings/insertion-inspection.js';
import { ActiveStorages } from '../recordings/active-storages.js';
import { RecordingInsertionService, type Insertion } from '../recordings/recording-insertion.service.js';
import { WorkerConnections } from '../workers/worker-connections.js';
import { WorkerDirectory } from '../workers/worker-directory.js';
import { IndexStep } from './index-step.js';
import { LocationClaims } from './location-claims.js';
import { MediaIndexer } from './media-indexer.js';
import { MediaInspector } from './media-inspector.js';
import { MediaPinning } from './media-pinning.js';
import { WorkerErrands } from './worker-errands.js';

const contactCenter = 'cc-1';
const digest = 'ab'.repeat(32);
const logger = createLogger('test', 'test', 'silent');
const ops = { name: 'ops', roles: ['ops'] } as unknown as Insertion['user'];

const content = Buffer.from('what lies in the storage');
const tree = (() => {
  const builder = new ContentTreeBuilder();
  builder.update(content);
  return builder.finish();
})();
const treeReply = { length: tree.length, root: tree.root, leaves: tree.leaves.toString('base64') };
const plain = { layout: 'plain', length: content.length, format: 'mp3' };

const noSetStorages = { find: () => Promise.resolve(undefined) };
const noKeys = { list: () => Promise.resolve([]) };

describe('the index of media files', () => {
  let authority: InternalAuthority;
  let inspector: MediaInspector;
  let directory: WorkerDirectory;
  let connections: WorkerConnections;
  let worker: InspectingWorker;
  let store: Store;
  let work = '';
  let claims: LocationClaims;
  let grants: GrantIssuer;

  beforeAll(async () => {
    authority = await InternalAuthority.create();
  });
  beforeEach(async () => {
    work = mkdtempSync(join(tmpdir(), 'rcs-media-index-'));
    store = await openSqliteStore({ directory: work, auditWriter: 'gateway-1' });
    await store.contactCenters.put({ id: contactCenter, name: 'One' });
    await store.contactCenters.put({ id: 'cc-2', name: 'Two' });
    worker = new InspectingWorker(await authority.issue('decrypt-worker'), authority.caPem);
    await worker.listen();
    const identity = await authority.issue('playback-gateway');
    connections = new WorkerConnections(
      new LiveIdentity(identity),
      { workerMaxConnection: 4, workerIdleTimeoutMs: 5000, playbackStartTimeoutMs: 5000 },
      logger,
    );
    const registry = { list: () => Promise.resolve([worker.registration]) } as unknown as WorkerRegistry;
    const metrics = new GatewayMetrics(createMetricsRegistry('playback-gateway', '0.1.0'));
    directory = new WorkerDirectory(registry, connections, metrics, logger);
    await directory.onApplicationBootstrap();
    grants = new GrantIssuer(new LiveIdentity(identity));
    inspector = new MediaInspector(
      new WorkerErrands(grants, directory, noSetStorages),
      new WorkerClient(connections, { playbackStartTimeoutMs: 5000 }),
    );
    const timeouts = { connectTimeoutMs: 1, headersTimeoutMs: 1, idleTimeoutMs: 1, totalTimeoutMs: 1 };
    const storages = new MediaStorages([
      { storage: 'webDAV', url: 'http://storage.example/recordings', trustedCA: true, maxConnections: 1, ...timeouts },
    ]);
    claims = new LocationClaims(store.mediaIndex, storages, noSetStorages, logger);
  });
  afterEach(async () => {
    await directory.onApplicationShutdown();
    await connections.close();
    worker.close();
    await store.close();
    rmSync(work, { recursive: true });
  });

  const insertions = (timeoutMs = 5000): RecordingInsertionService =>
    new RecordingInsertionService(
      store.recordings,
      store.contactCenters,
      store.audit,
      claims,
      new InsertionInspection(inspector, logger, { mediaIndex: { insertionTimeoutMs: timeoutMs } }),
      new ConfiguredReceivers({ interactionReceivers: [] }),
      new InsertedEnvelopes(
        store.certificates,
        noKeys,
        { recordingCertificates: { unknownRecipients: 'warn' } },
        logger,
      ),
      new ActiveStorages(noSetStorages),
      { crRegion: 'default' },
    );

  const insertion = (id: string, fields: object = {}, center = contactCenter): Insertion => ({
    user: ops,
    contactCenter: center,
    body: {
      id,
      mediaFiles: [
        { mediaId: 'm', type: 'audio/mp3', mediaDescriptor: { storage: 'webDAV', path: `${id}.bin` }, ...fields },
      ],
    },
    address: '127.0.0.1',
    requestId: 'request-1',
  });

  const found = (id: string, inspection: Found, contentTree?: Found): void => {
    worker.inspections.set(`${id}.bin`, inspection);
    if (contentTree !== undefined) worker.contentTrees.set(`${id}.bin`, contentTree);
  };
  const pinOf = (id: string) => store.recordings.findPin(id, 'm');
  const status = async () => (await store.mediaIndex.status(contactCenter))[0];
  const failures = async () => {
    const found = await Promise.all([contactCenter, 'cc-2'].map(center => store.mediaIndex.failures(center, 10)));
    return found.flat().map(({ recordingId, reason }) => [recordingId, reason]);
  };

  describe('at insertion', () => {
    it('pins what a worker finds, with the recording', async () => {
      found('R1', { ...plain, entityTag: '"1"', lastModified: '2026-11-21T08:00:00.000Z' });
      await insertions().insert(insertion('R1'));
      expect(await pinOf('R1')).toMatchObject({
        layout: 'plain',
        length: content.length,
        entityTag: '"1"',
        lastModified: '2026-11-21T08:00:00.000Z',
        source: 'insertion',
      });
      expect(await status()).toMatchObject({ notInspected: 0, withoutContentTree: 1 });
      expect(worker.asked[0]).toMatchObject({ declared: 'nothing', grant: { purpose: 'inspect', recording: 'R1' } });
    });

    it('takes the content tree of the recorder when its length is that of the stored file', async () => {
      found('R1', plain);
      await insertions().insert(insertion('R1', { contentTree: treeReply }));
      const pin = { contentRoot: tree.root, contentRootFrom: 'recorder', source: 'recorder', leavesKept: true };
      expect(await pinOf('R1')).toMatchObject(pin);
      expect(await store.recordings.findLeaves('R1', 'm')).toEqual(tree.leaves);
      expect(await status()).toMatchObject({ notInspected: 0, withoutContentTree: 0 });
      const { recording } = await insertions().insert(insertion('R1', { contentTree: treeReply }));
      expect(recording.mediaFiles[0]).not.toHaveProperty('additional');
    });

    it.each<readonly [string, object, RegExp]>([
      ['leaves of another root', { ...treeReply, root: digest }, /leaves/],
      ['leaves of another length', { ...treeReply, length: 200_000 }, /leaves/],
      ['a root that is none', { ...treeReply, root: 'x' }, /root/],
    ])('refuses a content tree with %s', async (_, contentTree, why) => {
      const refused = insertions().insert(insertion('R1', { contentTree }));
      await expect(refused).rejects.toMatchObject({
        code: 'RCS_INVALID_VALUE',
        publicDetail: expect.stringMatching(why),
      });
      expect(worker.asked).toEqual([]);
    });

    it.each<readonly [string, Found, object, string]>([
      [
        'another length than the recorder wrote',
        { ...plain, length: 7 },
        { contentTree: { length: tree.length, root: tree.root } },
        'RCS_CONTENT_CHANGED',
      ],
      [
        'noise',
        { layout: 'unrecognised', length: 7, code: 'RCS_MEDIA_NOT_RECOGNISED', detail: 'x' },
        {},
        'RCS_MEDIA_NOT_RECOGNISED',
      ],
      [
        'clear media that is declared encrypted',
        { layout: 'unrecognised', length: 7, code: 'RCS_MEDIA_DECLARED_ENCRYPTED', detail: 'x' },
        { certAlias: 'demo' },
        'RCS_MEDIA_DECLARED_ENCRYPTED',
      ],
    ])('refuses %s, names the media file, and stores nothing', async (_, inspection, fields, code) => {
      found('R1', inspection);
      const refused = insertions().insert(insertion('R1', fields));
      await expect(refused).rejects.toMatchObject({ code, publicDetail: expect.stringContaining('mediaFiles.0 "m"') });
      expect(await store.recordings.find('R1')).toBeUndefined();
    });

    it.each<readonly [string, Found]>([
      ['the storage is away', new RcsError('RCS_STORAGE_UNREACHABLE')],
      ['the file is not there yet', new RcsError('RCS_STORAGE_FILE_MISSING')],
      ['the envelope cannot be read', new RcsError('RCS_ENVELOPE_UNREADABLE')],
      ['nobody answers in time', 'silence'],
    ])('inserts the recording although %s', async (_, inspection) => {
      found('R1', inspection);
      expect((await insertions(200).insert(insertion('R1'))).result).toBe('created');
      expect(await pinOf('R1')).toBeUndefined();
      expect(await store.mediaIndex.countUnknown(contactCenter)).toBe(1);
    });

    it('asks nobody when an insertion is repeated, and says what it said', async () => {
      found('R1', plain);
      const unreadable = { encryption_details: 'rsa-aes' };
      const { warnings } = await insertions().insert(insertion('R1', unreadable));
      expect(warnings).toHaveLength(1);
      expect(await insertions().insert(insertion('R1', unreadable))).toMatchObject({ result: 'unchanged', warnings });
      expect(worker.asked).toHaveLength(1);
    });

    it.each(['R1.bin', '/R1.bin', 'http://storage.example/recordings/R1.bin', '%52%31.bin', 'r1.bin'])(
      'refuses another contact center the place of a recording, written as %s',
      async path => {
        await insertions().insert(insertion('R1'));
        const mediaDescriptor = { storage: 'webDAV', path };
        const refused = insertions().insert(insertion('R2', { mediaDescriptor }, 'cc-2'));
        await expect(refused).rejects.toMatchObject({ code: 'RCS_MEDIA_LOCATION_TAKEN' });
        expect((await insertions().insert(insertion('R3', { mediaDescriptor }))).result).toBe('created');
      },
    );
  });

  describe('in the background', () => {
    /** Works until nothing is left that can be done now. */
    async function index(
      until: () => Promise<boolean>,
      inspectionsPerSecond = 10_000,
      clock: Pick<RetentionStore, 'notAhead'> = store.retention,
    ): Promise<void> {
      const metrics = new GatewayMetrics(createMetricsRegistry('playback-gateway', '0.1.0'));
      const step = new IndexStep(
        store.recordings,
        inspector,
        new MediaPinning(store.recordings, inspector),
        store.audit,
      );
      const instance = { instance: 'gateway-1' };
      const limits = { mediaIndex: { inspectionsPerSecond, bytesPerSecond: 2 ** 30 } };
      const indexer = new MediaIndexer(store.mediaIndex, clock, step, claims, metrics, logger, instance, limits);
      indexer.onApplicationBootstrap();
      try {
        for (const end = Date.now() + 20_000; !(await until());) {
          if (Date.now() > end) throw new Error(`in vain: ${JSON.stringify([await status(), await failures()])}`);
          await new Promise(resolve => setTimeout(resolve, 20));
        }
      } finally {
        await indexer.onApplicationShutdown();
      }
    }
    const isProved = async () => (await status())?.withoutContentTree === 0 && (await status())?.notInspected === 0;

    const mediaFile = (fields: Partial<MediaFile> = {}, path = 'R1.bin'): MediaFile => ({
      mediaId: 'm',
      leaf: 'leaf',
      type: 'audio/mp3',
      mediaDescriptor: { storage: 'webDAV', path },
      ...fields,
    });
    const inserted = (id: string, fields: Partial<MediaFile> = {}, center = contactCenter): Promise<unknown> => {
      const mediaFiles = [mediaFile(fields, `${id}.bin`)];
      return store.recordings.insert({ id, contactCenter: center, region: 'default', mediaFiles });
    };

    it('inspects what is there, completes the pins of an earlier version, and makes content trees', async () => {
      await inserted('R1');
      await store.recordings.pin('R1', { mediaId: 'm', pin: { layout: 'plain' } });
      found('R1', plain, treeReply);
      await index(isProved);
      const pin = { layout: 'plain', contentRoot: tree.root, contentRootFrom: 'indexer', leavesKept: true };
      expect(await pinOf('R1')).toMatchObject(pin);
      expect(await store.recordings.findLeaves('R1', 'm')).toEqual(tree.leaves);
    });

    it('renews its lease now and then, not for every few media files', async () => {
      for (let number = 0; number < 50; number++) {
        found(`R${number}`, plain, treeReply);
        await inserted(`R${number}`);
      }
      const lease = jest.spyOn(store.mediaIndex, 'lease');
      await index(async () => (await status())?.notInspected === 0);
      expect(lease).toHaveBeenCalledTimes(1);
    });

    it('knows whom a detached recording is for without a storage', async () => {
      await inserted('R1', {
        additional: {
          encryption_details: { encrypted_cek: 'AAAA', iv: Buffer.alloc(12).toString('base64'), public_key_sid: 'CR1' },
        },
      });
      await index(async () => (await status())?.notInspected === 0);
      expect(worker.asked.filter(({ path }) => path === '/v1/inspect')).toEqual([]);
      expect(await store.rewraps.countRecordings(contactCenter, [['alias:CR1']])).toEqual([1]);
    });

    it('does not bless a file that took the place of the pinned one', async () => {
      await inserted('R1');
      await store.recordings.pin('R1', { mediaId: 'm', pin: { layout: 'attached', envelopeDigest: digest } });
      found('R1', { layout: 'attached', length: 9, envelopeDigest: 'cd'.repeat(32), envelope: 'MIIB' });
      await index(async () => (await failures()).length === 1);
      expect(await failures()).toEqual([['R1', 'RCS_CONTENT_CHANGED']]);
      expect(await pinOf('R1')).toEqual({ layout: 'attached', envelopeDigest: digest });
    });

    it('refuses a tree that is not the one of the recorder, and writes that down once', async () => {
      found('R1', plain, { ...treeReply, root: digest });
      await insertions().insert(insertion('R1', { contentTree: { length: tree.length, root: tree.root } }));
      await index(async () => (await failures()).length === 1);
      expect(await failures()).toEqual([['R1', 'RCS_CONTENT_CHANGED']]);
      expect((await pinOf('R1'))?.leavesKept).toBeUndefined();
      const noted = [];
      for await (const record of store.audit.query()) if (record.event === 'media-inspected') noted.push(record);
      expect(noted).toMatchObject([{ outcome: 'refused', recording: 'R1', contactCenter }]);
    });

    it('says in the audit when a file changed its marks before its tree was made', async () => {
      found('R1', { ...plain, entityTag: '"1"' });
      await insertions().insert(insertion('R1'));
      found('R1', { ...plain, entityTag: '"2"' }, { ...treeReply, entityTag: '"2"' });
      await index(isProved);
      const details = [];
      for await (const { event, detail } of store.audit.query()) if (event === 'media-inspected') details.push(detail);
      expect(details).toEqual([expect.stringContaining('other marks')]);
    });

    it('makes no tree of a file that changes while it is read', async () => {
      const attached = { layout: 'attached', length: tree.length, envelopeDigest: digest, envelope: 'MIIB' };
      await inserted('R1');
      const pin = { layout: 'attached', envelopeDigest: digest } as const;
      await store.recordings.pin('R1', { mediaId: 'm', pin, recipients: ['somebody'] });
      found('R1', { ...attached, entityTag: '"2"' }, { ...treeReply, entityTag: '"1"' });
      await index(async () => (await failures()).length === 1);
      expect(await failures()).toEqual([['R1', 'RCS_STORAGE_CHANGED']]);
      found('R1', { ...attached, envelopeDigest: 'cd'.repeat(32) }, treeReply);
      await store.mediaIndex.retryAll(undefined);
      await index(async () => (await failures())[0]?.[1] === 'RCS_CONTENT_CHANGED');
      expect((await pinOf('R1'))?.leavesKept).toBeUndefined();
    });

    it('takes in raw media that an earlier version played, and nothing else that is not recognised', async () => {
      const raw = { layout: 'unrecognised', length: tree.length, code: 'RCS_MEDIA_NOT_RECOGNISED', detail: '' };
      await inserted('PLAYED');
      await store.recordings.pin('PLAYED', { mediaId: 'm', pin: { layout: 'plain' } });
      await inserted('NEVER');
      found('PLAYED', raw, treeReply);
      found('NEVER', raw, treeReply);
      await index(async () => (await pinOf('PLAYED'))?.leavesKept === true);
      expect(await pinOf('PLAYED')).toMatchObject({ layout: 'plain', inventoried: true });
      expect(await failures()).toEqual([['NEVER', 'RCS_MEDIA_NOT_RECOGNISED']]);
    });

    it('goes on with the others when one cannot be read, and lists it with its reason', async () => {
      await inserted('GONE');
      await inserted('R1');
      found('R1', plain, treeReply);
      await index(async () => (await pinOf('R1'))?.leavesKept === true);
      expect(await failures()).toEqual([['GONE', 'RCS_STORAGE_FILE_MISSING']]);
      expect(await store.mediaIndex.countUnknown(contactCenter)).toBe(1);
    });

    it('puts off what cannot be read by the clock of the store', async () => {
      await inserted('GONE');
      const now = Date.parse('2026-03-02T09:15:30.250Z');
      await index(async () => (await failures()).length === 1, 10_000, { notAhead: () => Promise.resolve(now) });
      expect(await store.mediaIndex.failures(contactCenter, 1)).toMatchObject([{ nextAttempt: now + 10_000 }]);
    });

    it('looks at what cannot be read no oftener than at anything else', async () => {
      for (const id of ['GONE', 'LOST', 'AWAY']) await inserted(id);
      const began = performance.now();
      await index(async () => (await failures()).length === 3, 4);
      expect(performance.now() - began).toBeGreaterThan(450);
    });

    it('claims the places of recordings from before there were claims, for the first that named them', async () => {
      await inserted('R1');
      await inserted('R2', { mediaDescriptor: { storage: 'webDAV', path: '/R1.bin' } }, 'cc-2');
      await index(async () => (await failures()).length === 2);
      const refused = insertions().insert(
        insertion('R3', { mediaDescriptor: { storage: 'webDAV', path: 'R1.bin' } }, 'cc-2'),
      );
      await expect(refused).rejects.toMatchObject({ code: 'RCS_MEDIA_LOCATION_TAKEN' });
    });
  });
});
