import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { splitEnvelope } from './split-envelope.js';
import { CurlClient } from './curl-client.js';
import { curl, openssl, type CurlAnswer } from './external-tools.js';

jest.setTimeout(180_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-refusals-'));
const media = randomBytes(100_000);
let cluster: RunningCluster;
let curlClient: CurlClient;
let attached: Buffer;

beforeAll(async () => {
  cluster = await joinCluster(join(__dirname, '../..'), work);
  curlClient = new CurlClient(cluster, work);
  attached = await encryptFor(curlClient.certificateFile);
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

async function encryptFor(certificate: string): Promise<Buffer> {
  writeFileSync(join(work, 'plain'), media);
  const files = ['-in', join(work, 'plain'), '-out', join(work, 'out')];
  await openssl('cms', '-encrypt', '-binary', '-aes256', ...files, '-outform', 'DER', certificate);
  return readFileSync(join(work, 'out'));
}

const statusOf = (answer: CurlAnswer): unknown =>
  (JSON.parse(answer.body.toString()) as { statusCode: unknown }).statusCode;

async function playStored(name: string, bytes: Buffer): Promise<CurlAnswer> {
  await curlClient.put(name, bytes);
  return curlClient.play(await curlClient.insertedFile(name));
}

async function playDetached(name: string, ciphertext: Buffer, envelope: Buffer): Promise<CurlAnswer> {
  await curlClient.put(`${name}.enc`, ciphertext);
  const mediaDescriptor = curlClient.stored(`${name}.enc`);
  return curlClient.play(
    await curlClient.inserted(name, { mediaId: `${name}.mp3`, mediaDescriptor, pkcs7: envelope.toString('base64') }),
  );
}

describe('who may not', () => {
  const demo = () => cluster.ready.recordings[0]!.playPath;

  it('nobody plays without credentials', async () => {
    const answer = await curl('--cacert', cluster.ready.caFile, curlClient.playUrl(demo()));
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toContain('Basic');
  });

  it('a wrong password and an unknown user look alike', async () => {
    const ca = ['--cacert', cluster.ready.caFile];
    const wrong = await curl(...ca, '--user', `${cluster.ready.users[0]!.name}:wrong`, curlClient.playUrl(demo()));
    const unknown = await curl(...ca, '--user', 'nobody:wrong', curlClient.playUrl(demo()));
    expect(wrong.status).toBe(401);
    expect(unknown.status).toBe(401);
    expect(unknown.body.toString()).toBe(wrong.body.toString());
  });

  it('an agent without the privilege does not play the encrypted recording, not even the own one', async () => {
    const answer = await curl(...curlClient.asUser('carol'), curlClient.playUrl(demo()));
    expect(answer.status).toBe(403);
    expect(statusOf(answer)).toBe(3);
  });

  it('a supervisor plays the team and nothing else', async () => {
    expect((await curl(...curlClient.asUser('bob'), curlClient.playUrl(demo()))).status).toBe(200);
    await curlClient.put('not-sales.bin', attached);
    const elsewhere = await curlClient.insertedFile('not-sales.bin');
    expect((await curl(...curlClient.asUser('bob'), curlClient.playUrl(elsewhere))).status).toBe(403);
  });

  it('the recorder inserts but plays nothing, users and operations insert nothing', async () => {
    for (const account of [curlClient.asRecorder(), curlClient.asOps()])
      expect((await curl(...account, curlClient.playUrl(demo()))).status).toBe(403);
    for (const account of [curlClient.asUser('alice'), curlClient.asOps()]) {
      const answer = await curlClient.insertRaw('{}', account);
      expect(answer.status).toBe(403);
      expect(statusOf(answer)).toBe(5);
    }
  });

  it('unknown recordings and leaves answer 404', async () => {
    const unknown = await curlClient.play('/recordings/NOSUCH/play/x.mp3');
    expect(unknown.status).toBe(404);
    expect(statusOf(unknown)).toBe(6);
    expect((await curlClient.play(demo().replace(/[^/]+$/, 'x.mp3'))).status).toBe(404);
  });
});

describe('insertions that are refused', () => {
  const withFile = (mediaFile: object) => ({
    id: 'REFUSED',
    mediaFiles: [
      { mediaId: 'a.mp3', type: 'audio/mp3', mediaDescriptor: { storage: 'webDAV', path: 'a' }, ...mediaFile },
    ],
  });

  it.each([
    ['http://169.254.169.254/latest/meta-data', 'it is in no storage of this contact center'],
    ['http://localhost/recordings/a', 'it is in no storage of this contact center'],
    ['../../etc/passwd', 'its path has empty or dotted segments'],
    ['a/%2e%2e/%2e%2e/b', 'its path has empty or dotted segments'],
    ['file:///etc/passwd', 'it is in no storage of this contact center'],
    ['//evil.test/a', 'it is neither a URL nor a path'],
  ])('a location outside the storages: %s', async (path, why) => {
    const answer = await curlClient.insert(withFile({ mediaDescriptor: { storage: 'webDAV', path } }));
    expect(answer.status).toBe(400);
    expect(answer.body.toString()).toContain(`mediaFiles.0.mediaDescriptor: ${why}`);
  });

  it.each([
    ['no media files', { id: 'REFUSED' }, 1],
    ['a bad id', { ...withFile({}), id: '../x' }, 2],
    ['an envelope that is not base64', withFile({ pkcs7: '***' }), 2],
    ['base64 that is no envelope', withFile({ pkcs7: 'AAAA' }), 2],
    ['a bad time', { ...withFile({}), startTime: 'yesterday' }, 2],
  ] as const)('%s', async (_, body, code) => {
    const answer = await curlClient.insert(body);
    expect(answer.status).toBe(400);
    expect(statusOf(answer)).toBe(code);
  });

  it('an envelope that is cut, by both addresses, with the name of its field', async () => {
    const { envelope } = splitEnvelope(attached);
    const pkcs7 = envelope.subarray(0, envelope.length - 20).toString('base64');
    const body = JSON.stringify(withFile({ pkcs7 }));
    for (const path of ['internal-api', 'api'] as const) {
      const answer = await curlClient.insertRaw(body, curlClient.asRecorder(), 'application/json', path);
      expect(answer.status).toBe(400);
      expect(answer.body.toString()).toContain('mediaFiles.0.pkcs7: must be a CMS envelope');
    }
  });

  it('anything but JSON', async () => {
    const form = await curlClient.insertRaw('id=1', curlClient.asRecorder(), 'application/x-www-form-urlencoded');
    expect(form.status).toBe(415);
    expect((await curlClient.insertRaw('{', curlClient.asRecorder())).status).toBe(400);
  });

  it('a second, different recording under the same id; a repetition is welcome', async () => {
    const recording = { ...withFile({}), id: curlClient.recordingId('TWICE') };
    expect((await curlClient.insert(recording)).status).toBe(201);
    expect((await curlClient.insert(recording)).status).toBe(200);
    expect((await curlClient.insert({ ...recording, callerPhoneNumber: '1' })).status).toBe(409);
  });
});

describe('media that cannot be played', () => {
  it('is missing in the storage', async () => {
    expect((await curlClient.play(await curlClient.insertedFile('missing.bin'))).status).toBe(502);
  });

  it('has no recipient of ours', async () => {
    const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', join(work, 'other.key')];
    await openssl(
      'req',
      '-new',
      '-x509',
      ...key,
      '-out',
      join(work, 'other.pem'),
      '-days',
      '30',
      '-subj',
      '/CN=somebody else',
    );
    const answer = await playStored('foreign.bin', await encryptFor(join(work, 'other.pem')));
    expect(answer.status).toBe(422);
    expect(answer.body.toString()).toContain('No private key');
  });

  it('was cut, or had its last block, its key or its length changed: one answer for all', async () => {
    const { envelope, ciphertext } = splitEnvelope(attached);
    const cut = ciphertext.subarray(0, ciphertext.length - 16);
    const flipped = Buffer.from(ciphertext);
    flipped[flipped.length - 20]! ^= 0xff;
    const wrongKey = Buffer.from(envelope);
    wrongKey[wrongKey.length - 120]! ^= 0x01;
    const answers = [
      await playDetached('cut', cut, envelope),
      await playDetached('flipped', flipped, envelope),
      await playDetached('wrong-key', ciphertext, wrongKey),
    ];
    // A wrong key gives a valid padding once in 256 times; then the answer is noise, as it is for any wrong key.
    const refused = answers.filter(answer => answer.status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused.map(answer => `${answer.status} ${answer.body.toString()}`)).size).toBe(1);
    expect(refused[0]!.status).toBe(422);
  });

  it('was exchanged after it was first played', async () => {
    await curlClient.put('exchanged.bin', attached);
    const playPath = await curlClient.insertedFile('exchanged.bin');
    expect((await curlClient.play(playPath)).status).toBe(200);
    await curlClient.put('exchanged.bin', await encryptFor(curlClient.certificateFile));
    const answer = await curlClient.play(playPath);
    expect(answer.status).toBe(422);
    expect(answer.body.toString()).toContain('not the one');
  });

  it('never tells paths, hosts or stacks', async () => {
    const answer = await curlClient.play(await curlClient.insertedFile('also-missing.bin'));
    const text = answer.body.toString();
    expect(text).not.toContain('127.0.0.1');
    expect(text).not.toContain(work);
    expect(text).not.toMatch(/\bat .+:\d+:\d+/);
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});
