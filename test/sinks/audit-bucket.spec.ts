import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteObjectCommand,
  GetObjectRetentionCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  PutObjectRetentionCommand,
} from '@aws-sdk/client-s3';
import { openCheckpointBucket, type CheckpointBucket } from '#checkpoint-bucket';
import { AuditCheckpointSigner, CertificateTrust, readAuditCheckpointNote, type AuditCheckpointNote } from '#grants';
import type { AuditS3Configuration, InternalIdentity } from '#platform';
import { openSqliteStore, type Store } from '#store';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { VersityServer } from '#test/s3/versity-server.js';
import { BucketSink } from '../../apps/playback-gateway/src/audit/checkpoints/bucket-sink.js';

/** Building the server takes minutes. */
jest.setTimeout(900_000);

const dayMs = 24 * 60 * 60 * 1000;

describe(BucketSink.name, () => {
  const work = mkdtempSync(join(tmpdir(), 'rcs-bucket-'));
  let authority: InternalAuthority;
  let gateway: InternalIdentity;
  let server: VersityServer;
  let buckets = 0;
  const open: { close(): unknown }[] = [];

  beforeAll(async () => {
    authority = await InternalAuthority.create();
    gateway = await authority.issue('playback-gateway');
    server = await VersityServer.start(join(work, 'server'), await authority.issue('key-vault'));
  });
  afterAll(async () => {
    await server?.end();
    rmSync(work, { recursive: true, force: true });
  });
  afterEach(async () => {
    for (const thing of open.splice(0)) await thing.close();
  });

  const closing = <T extends { close(): unknown }>(thing: T): T => {
    open.push(thing);
    return thing;
  };

  async function newBucket(): Promise<AuditS3Configuration> {
    buckets += 1;
    const name = `checkpoints-${buckets}`;
    await server.createBucket(name);
    return server.settings(name);
  }

  const bucketOf = (settings: AuditS3Configuration): CheckpointBucket => closing(openCheckpointBucket(settings));
  const sinkOf = (settings: AuditS3Configuration, store: Store): BucketSink =>
    closing(new BucketSink(openCheckpointBucket(settings), store.audit));

  async function newStore(): Promise<Store> {
    const directory = mkdtempSync(join(work, 'store-'));
    return closing(await openSqliteStore({ directory, auditWriter: 'gateway-1' }));
  }

  function signed(number: number, previous?: string, time = Date.now()): AuditCheckpointNote {
    return new AuditCheckpointSigner(gateway).sign({
      writer: 'gateway-1',
      size: 1,
      root: '0'.repeat(64),
      number,
      state: number === 1 ? 'opened' : 'running',
      time: new Date(time).toISOString(),
      next: new Date(time + dayMs).toISOString(),
      ...(previous === undefined ? {} : { previous }),
      writers: 0,
      headsDigest: '0'.repeat(64),
      heads: [],
    });
  }

  /** Adds so many to the store, as gateways do. @returns the last one. */
  async function sign(store: Store, count: number): Promise<AuditCheckpointNote> {
    let last = await store.audit.lastCheckpoint();
    let made: AuditCheckpointNote | undefined;
    for (let done = 0; done < count; done++) {
      const number = (last?.number ?? 0) + 1;
      made = signed(number, last?.digest);
      last = { number, writer: 'gateway-1', digest: made.digest, note: made.note };
      expect(await store.audit.addCheckpoint(last)).toBe(true);
    }
    if (made === undefined) throw new Error('none was asked for');
    return made;
  }

  /** Numbers, as the bucket has them. */
  async function numbersIn(settings: AuditS3Configuration): Promise<number[]> {
    const numbers: number[] = [];
    for await (const { text } of bucketOf(settings).objects()) {
      const { number, checkpoint } = JSON.parse(text) as { number: number; checkpoint: string };
      const read = readAuditCheckpointNote(checkpoint, new CertificateTrust(authority.caPem));
      expect(read.content.number).toBe(number);
      numbers.push(number);
    }
    return numbers;
  }

  const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

  async function onlyObject({ bucket }: AuditS3Configuration) {
    const { Versions = [] } = await server.client().send(new ListObjectVersionsCommand({ Bucket: bucket }));
    expect(Versions.length).toBe(1);
    const [{ Key, VersionId } = {}] = Versions;
    return { Bucket: bucket, Key, VersionId };
  }

  it('locks a checkpoint for as long as it is told, and reads it back as it was signed', async () => {
    const settings = await newBucket();
    const store = await newStore();
    const before = Date.now();
    await sinkOf(settings, store).keep(await sign(store, 1));
    const { Retention } = await server.client().send(new GetObjectRetentionCommand(await onlyObject(settings)));
    expect(Retention?.Mode).toBe('COMPLIANCE');
    expect(Retention?.RetainUntilDate?.getTime()).toBeGreaterThanOrEqual(before + dayMs - 1000);
    expect(await numbersIn(settings)).toEqual([1]);
  });

  it('lets nobody delete, shorten or replace it, not even with all rights of the service', async () => {
    const settings = await newBucket();
    const store = await newStore();
    await sinkOf(settings, store).keep(await sign(store, 1));
    const attacker = server.client();
    const object = await onlyObject(settings);
    const { Bucket, Key } = object;
    await expect(attacker.send(new DeleteObjectCommand(object))).rejects.toMatchObject({ name: 'AccessDenied' });
    const bypassing = { ...object, BypassGovernanceRetention: true };
    await expect(attacker.send(new DeleteObjectCommand(bypassing))).rejects.toMatchObject({ name: 'AccessDenied' });
    const shorter = { Mode: 'COMPLIANCE', RetainUntilDate: new Date(Date.now() + 60_000) } as const;
    await expect(attacker.send(new PutObjectRetentionCommand({ ...object, Retention: shorter }))).rejects.toThrow();
    // Whether the service refuses these or adds a version: what was there is there.
    await attacker.send(new PutObjectCommand({ Bucket, Key, Body: '{}' })).catch(() => undefined);
    await attacker.send(new DeleteObjectCommand({ Bucket, Key })).catch(() => undefined);
    const texts: string[] = [];
    for await (const { text } of bucketOf(settings).objects()) texts.push(text);
    expect(texts.filter(text => text.includes('"checkpoint"')).length).toBe(1);
  });

  it('takes what is there already as kept, and never overwrites what is something else', async () => {
    const settings = await newBucket();
    const bucket = bucketOf(settings);
    const [first, second] = [signed(1), signed(2)];
    const kept = ({ content, digest, note }: AuditCheckpointNote) => ({ number: content.number, digest, note });
    await bucket.keep(kept(first));
    await bucket.keep(kept(first));
    expect(await numbersIn(settings)).toEqual([1]);
    const Key = `${settings.prefix}${'2'.padStart(12, '0')}-${second.digest}.json`;
    await server.client().send(new PutObjectCommand({ Bucket: settings.bucket, Key, Body: 'something else' }));
    await expect(bucket.keep(kept(second))).rejects.toThrow(`another object has the name ${Key}`);
  });

  it('keeps two that contradict each other side by side', async () => {
    const settings = await newBucket();
    const bucket = bucketOf(settings);
    for (const time of [1, 2]) {
      const { digest, note } = signed(1, undefined, Date.now() + time);
      await bucket.keep({ number: 1, digest, note });
    }
    expect(await numbersIn(settings)).toEqual([1, 1]);
  });

  it('brings all that was signed while the service was away, also after a restart, and by another gateway', async () => {
    const settings = await newBucket();
    const store = await newStore();
    const sink = sinkOf(settings, store);
    await sink.keep(await sign(store, 3));
    await server.end();
    await expect(sink.keep(await sign(store, 120))).rejects.toThrow();
    await server.begin();
    await sink.keep(await sign(store, 1));
    expect(await numbersIn(settings)).toEqual(upTo(124));
    await sign(store, 9);
    const next = sinkOf(settings, store);
    await next.keep(await sign(store, 1));
    expect(await numbersIn(settings)).toEqual(upTo(134));
    const last = await sign(store, 2);
    await Promise.all([sinkOf(settings, store), sink].map(each => each.keep(last)));
    expect(await numbersIn(settings)).toEqual(upTo(136));
  });

  it('brings nothing to a service of another authority, and nothing with a wrong secret', async () => {
    const settings = await newBucket();
    const { digest, note } = signed(1);
    const checkpoint = { number: 1, digest, note };
    await expect(bucketOf({ ...settings, s3TrustedCA: true }).keep(checkpoint)).rejects.toThrow(/certificate/);
    await expect(bucketOf({ ...settings, secretAccessKey: 'wrong' }).keep(checkpoint)).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
    });
    expect(await numbersIn(settings)).toEqual([]);
  });
});
