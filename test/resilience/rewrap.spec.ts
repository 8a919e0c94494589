import { constants, privateDecrypt, randomBytes, createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { parseCertificatePem, type CertificateInfo } from '#certificates';
import { encryptDetached, parseEnvelope, type EncryptionRecipient } from '#cms';
import { openSqliteStore, type Recording, type Store } from '#store';
import { processIdOf } from '#test/cluster/process-id.js';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { workDirectory } from '#test/cluster/work-directory.js';
import { countInTier } from '#test/tier.js';
import { answerOf } from '#test/waiting/wait-for.js';
import { bodyOf, CertificateAdministrator } from '../e2e/certificate-administrator.js';
import { CurlClient } from '../e2e/curl-client.js';
import { openssl } from '../e2e/external-tools.js';
import { fastIndex } from '../properties/world/property-cluster.js';

jest.setTimeout(840_000);

const repository = join(__dirname, '../..');
const work = workDirectory('rcs-rewrap-');
const file = (name: string): string => join(work, name);
const total = countInTier(1000, 10_000);
/** Each look starts curl and logs in, on the processors that the server works on. */
const patience = { pollMs: 300, patienceMs: 600_000 };
/** Every one of so many has media of its own and is played. */
const playedEvery = countInTier(200, 400);
/** Every one of so many has its session key compared. */
const comparedEvery = 50;

interface Run {
  readonly id: string;
  readonly state: string;
  readonly counts: Readonly<Record<'total' | 'rewrapped' | 'unchanged' | 'notRewrappable' | 'failed', number>>;
}

const idOf = (number: number): string => `REWRAP${String(number).padStart(6, '0')}`;
const plaintexts = new Map<number, Buffer>();
let cluster: RunningCluster;
let before: Map<string, string>;

beforeAll(async () => {
  cluster = await startCluster(repository, join(work, 'data'));
  const admin = new CertificateAdministrator(cluster, work);
  for (const name of ['old', 'new']) {
    const key = ['-newkey', 'rsa:2048', '-noenc', '-keyout', file(`${name}.key`)];
    await openssl('req', '-new', '-x509', ...key, '-out', file(`${name}.pem`), '-days', '30', '-subj', `/CN=${name}`);
    expect((await admin.upload(`${name}.pem`, `${name}.key`, `alias=${name}`)).status).toBe(201);
  }
  before = await insertRecordings();
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

const certificateIn = (name: string): CertificateInfo => parseCertificatePem(readFileSync(file(`${name}.pem`)))[0];

function withStore<T>(use: (store: Store) => Promise<T>): Promise<T> {
  const directory = join(work, 'data/store');
  return openSqliteStore({ directory, auditWriter: 'test' }).then(store => use(store).finally(() => store.close()));
}

/** Straight into the store: the way through the gateway is another test's. Answers the envelopes by recording. */
async function insertRecordings(): Promise<Map<string, string>> {
  const curlClient = new CurlClient(cluster, work);
  const certificate = certificateIn('old');
  const recipient: EncryptionRecipient = {
    identifier: {
      type: 'issuer-and-serial-number',
      issuer: certificate.issuerDer,
      serialNumber: certificate.serialNumberOctets,
    },
    publicKey: certificate.publicKey,
    keyEncryption: { scheme: 'rsaes-pkcs1-v1_5' },
  };
  const envelopes = new Map<string, string>();
  await withStore(async store => {
    const inserts: Promise<unknown>[] = [];
    for (let number = 0; number < total; number++) {
      const { envelope, ciphertext } = encryptDetached({ recipients: [recipient] });
      if (number % playedEvery === 0) {
        const plaintext = randomBytes(2000);
        plaintexts.set(number, plaintext);
        await curlClient.put(`${idOf(number)}.bin`, await buffer(Readable.from([plaintext]).pipe(ciphertext)));
      }
      const recording = recordingOf(number, envelope);
      envelopes.set(recording.id, recording.mediaFiles[0]!.pkcs7!);
      inserts.push(store.recordings.insert(recording));
      if (inserts.length >= 500) await Promise.all(inserts.splice(0));
    }
    await Promise.all(inserts);
  });
  return envelopes;
}

function recordingOf(number: number, envelope: Buffer): Recording {
  const id = idOf(number);
  return {
    id,
    contactCenter: cluster.ready.contactCenter,
    region: 'default',
    mediaFiles: [
      {
        mediaId: `${id}.mp3`,
        leaf: `${id}.mp3`,
        type: 'audio/mp3',
        mediaDescriptor: { storage: 'webDAV', path: `${id}.bin` },
        pkcs7: envelope.toString('base64'),
        certAlias: ['old'],
      },
    ],
  };
}

/** RSAES-PKCS1-v1_5 without the library that is tested. */
function sessionKey(pkcs7: string, privateKey: KeyObject): Buffer {
  const { encryptedKey } = parseEnvelope(Buffer.from(pkcs7, 'base64')).recipients[0]!;
  const block = privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, encryptedKey);
  expect(block.readUInt16BE(0)).toBe(2);
  return block.subarray(block.indexOf(0, 2) + 1);
}

it('goes on after kill -9 in the middle: all play, none was changed twice, the counts are right', async () => {
  let admin = new CertificateAdministrator(cluster, work);
  const runs = async (): Promise<Run> =>
    bodyOf<{ rewraps: Run[] }>(await admin.send('/rcs/certificates/old/rewrap')).rewraps[0]!;

  // The recipients of what was not inserted by a gateway are read in the background; the gateway starts again for that.
  await cluster.stop();
  cluster = await startCluster(repository, join(work, 'data'), fastIndex);
  admin = new CertificateAdministrator(cluster, work);
  await answerOf(
    'an index of all recordings',
    async () => bodyOf<{ recordings: number }>(await admin.send('/rcs/certificates/old')).recordings,
    recordings => recordings === total,
    patience,
  );

  const started = await admin.json('POST', '/rcs/certificates/old/rewrap', { to: 'new', mode: 'replace' });
  expect(started.status).toBe(202);
  expect(bodyOf<Run>(started).counts.total).toBe(total);
  const middle = await answerOf('a tenth of it', runs, ({ counts }) => counts.rewrapped >= total / 10, patience);
  expect(middle.state).toBe('running');
  process.kill(processIdOf('playback-gateway', cluster.ready.dataDir), 'SIGKILL');
  await cluster.stop();

  const afterwards = await withStore(store => store.rewraps.find(cluster.ready.contactCenter, middle.id));
  expect(afterwards?.state).toBe('running');
  const atDeath = afterwards!.counts.rewrapped;
  expect(atDeath).toBeLessThan(total);
  const changedAtDeath = await withStore(async store => countChanged(store));
  expect(changedAtDeath).toBe(atDeath);

  cluster = await startCluster(repository, join(work, 'data'));
  admin = new CertificateAdministrator(cluster, work);
  const done = await answerOf('all of it', runs, ({ state }) => state === 'done', patience);
  expect(done.id).toBe(middle.id);
  expect(done.counts).toEqual({ total, rewrapped: total, unchanged: 0, notRewrappable: 0, failed: 0 });

  await withStore(verifyMetadata);
  await playSample();
  expect(bodyOf(await admin.json('DELETE', '/rcs/certificates/old', {}))).toMatchObject({
    deleted: true,
    recordings: 0,
  });
  expect((await admin.json('DELETE', '/rcs/certificates/old/key', { confirm: 'old' })).status).toBe(200);
  await playSample();
});

async function countChanged(store: Store): Promise<number> {
  let changed = 0;
  for (const [id, pkcs7] of before) {
    if ((await store.recordings.find(id))!.mediaFiles[0]!.pkcs7 !== pkcs7) changed++;
  }
  return changed;
}

async function verifyMetadata(store: Store): Promise<void> {
  const privateKeys = { old: privateKeyIn('old'), new: privateKeyIn('new') };
  const { issuerDer, serialNumberOctets } = certificateIn('new');
  let number = 0;
  for (const [id, pkcs7] of before) {
    const [mediaFile] = (await store.recordings.find(id))!.mediaFiles;
    const [was, is] = [pkcs7, mediaFile!.pkcs7!].map(text => parseEnvelope(Buffer.from(text, 'base64')));
    expect(is!.recipients.map(({ identifier }) => identifier)).toEqual([
      { type: 'issuer-and-serial-number', issuer: issuerDer, serialNumber: serialNumberOctets },
    ]);
    expect(is!.contentEncryption).toEqual(was!.contentEncryption);
    expect(mediaFile!.certAlias).toEqual(['new']);
    if (number++ % comparedEvery !== 0) continue;
    expect(sessionKey(mediaFile!.pkcs7!, privateKeys.new)).toEqual(sessionKey(pkcs7, privateKeys.old));
  }
}

const privateKeyIn = (name: string): KeyObject => createPrivateKey(readFileSync(file(`${name}.key`)));

async function playSample(): Promise<void> {
  const curlClient = new CurlClient(cluster, work);
  for (const [number, plaintext] of plaintexts) {
    const answer = await curlClient.play(`/recordings/${idOf(number)}/play/${idOf(number)}.mp3`);
    expect(answer.status).toBe(200);
    expect(answer.body.equals(plaintext)).toBe(true);
  }
}
