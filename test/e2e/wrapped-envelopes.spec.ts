import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { joinCluster } from '#test/cluster/joined-cluster.js';
import { rcsctl } from '#test/cluster/rcsctl.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import { signedData } from '../../libs/cms/src/testing/signed-data.js';
import { splitEnvelope } from './split-envelope.js';
import { CurlClient } from './curl-client.js';
import { StoredEnvelopes } from './stored-envelopes.js';

jest.setTimeout(180_000);

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-wrapped-'));
const long = randomBytes(300_001);
let cluster: RunningCluster;
let curlClient: CurlClient;
let envelopes: StoredEnvelopes;

beforeAll(async () => {
  cluster = await joinCluster(repository, work);
  curlClient = new CurlClient(cluster, work);
  envelopes = new StoredEnvelopes(curlClient, 'wrapped');
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

async function expectPlays(playPath: string, plaintext: Buffer): Promise<void> {
  const { length } = plaintext;
  const whole = await curlClient.play(playPath);
  expect({ status: whole.status, exitCode: whole.exitCode }).toEqual({ status: 200, exitCode: 0 });
  expect(whole.headers['content-length']).toBe(String(length));
  expect(whole.body.equals(plaintext)).toBe(true);
  const middle = Math.floor(length / 2) + 1;
  const part = await curlClient.play(playPath, '--range', `${middle}-${middle + 999}`);
  expect([part.status, part.headers['content-range']]).toEqual([206, `bytes ${middle}-${middle + 999}/${length}`]);
  expect(part.body.equals(plaintext.subarray(middle, middle + 1000))).toBe(true);
}

const lines = (bytes: Buffer, end = '\n'): string => bytes.toString('base64').replace(/.{64}(?=.)/g, `$&${end}`) + end;
const pem = (bytes: Buffer, end = '\n'): string =>
  `-----BEGIN CMS-----${end}${lines(bytes, end)}-----END CMS-----${end}`;
const cmsMail = (bytes: Buffer, ...before: string[]): Buffer => {
  const type = 'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"';
  return Buffer.from([...before, type, 'Content-Transfer-Encoding: base64', '', lines(bytes)].join('\n'));
};
const received = Array.from({ length: 300 }, (_, hop) => `Received: from relay${hop}.example.org by relay.example.org`);

/** What other programs leave of an envelope: opened. */
const wrapped: readonly (readonly [string, (envelope: Buffer) => Buffer])[] = [
  ['PEM behind a mark of byte order', envelope => Buffer.from(`\ufeff${pem(envelope)}`)],
  ['PEM behind text and before text', envelope => Buffer.from(`Recorded by a device\n\n${pem(envelope)}\nend\n`)],
  ['PEM with the line ends of Windows', envelope => Buffer.from(pem(envelope, '\r\n'))],
  ['a mail with a head of 20 KiB', envelope => cmsMail(envelope, ...received)],
  ['a mail out of an mbox', envelope => cmsMail(envelope, 'From archive@example.org Thu Jan  1 00:00:00 1970')],
  ['SignedData', envelope => signedData(envelope)],
  ['SignedData in PEM', envelope => Buffer.from(pem(signedData(envelope)))],
  ['a line end behind', envelope => Buffer.concat([envelope, Buffer.from('\r\n')])],
];
/** Refused, by the name that the log and `rcsctl inspect` have for it. */
const refusedByName: readonly (readonly [string, string, (envelope: Buffer) => Buffer])[] = [
  ['gzip', 'gzip', envelope => gzipSync(envelope)],
  ['gzip around PEM', 'gzip', envelope => gzipSync(pem(envelope))],
  ['SignedData around something else', 'SignedData', () => signedData(long)],
  ['PEM in UTF-16', 'UTF-16', envelope => Buffer.from(`\ufeff${pem(envelope)}`, 'utf16le')],
  [
    'a mail in quoted-printable',
    'mail',
    envelope => {
      const mail = cmsMail(envelope).toString().split('\n\n')[0]!.replace('base64', 'quoted-printable');
      return Buffer.from(`${mail}\n\n${envelope.toString('hex').replace(/../g, '=$&')}\n`);
    },
  ],
  ['CompressedData', 'CompressedData', () => Buffer.from('3080060b2a864886f70d0109100109a0803080020100', 'hex')],
];

describe('in what other programs put around an envelope', () => {
  const verify = async (playPath: string) => {
    const { dataDir, gateway, caFile, users } = cluster.ready;
    const password = curlClient.write('user.password', Buffer.from(users[0]!.password));
    const access = ['--gateway', gateway, '--ca', caFile, '--user', users[0]!.name, '--password-file', password];
    return rcsctl(repository, dataDir, ['verify', '--recording', playPath.split('/')[2]!, ...access]);
  };

  async function expectOpened(playPath: string, plaintext: Buffer): Promise<void> {
    await expectPlays(playPath, plaintext);
    expect(await verify(playPath)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('plays to its last byte'),
    });
  }

  /** Refused at insertion, or, as a form that a later version may read, taken with a warning and played by nobody. */
  async function expectNoEnvelope(ciphertext: Buffer, pkcs7: string): Promise<void> {
    const name = envelopes.nextName();
    await curlClient.put(name, ciphertext);
    const mediaFile = { mediaId: name, type: 'audio/mp3', mediaDescriptor: curlClient.stored(name), pkcs7 };
    const { status, body } = await curlClient.insert({ id: curlClient.recordingId(name), mediaFiles: [mediaFile] });
    if (status === 400) {
      expect(body.toString()).toContain('mediaFiles.0.pkcs7: must be a CMS envelope');
      return;
    }
    const taken = JSON.parse(body.toString()) as { warnings: string[]; mediaFiles: [{ playPath: string }] };
    expect([status, taken.warnings]).toEqual([201, [expect.stringContaining('mediaFiles.0.pkcs7')]]);
    const { playPath } = taken.mediaFiles[0];
    for (const range of [[], ['--range', '0-99']]) {
      const played = await curlClient.play(playPath, ...range);
      expect([played.status, played.body.toString()]).toEqual([422, expect.stringContaining('cannot be read')]);
    }
    const verified = await verify(playPath);
    expect([verified.status, verified.stdout]).toEqual([1, expect.stringContaining('cannot be played')]);
  }

  async function expectNotInserted(stored: Buffer, metadata: object, said: string): Promise<void> {
    const name = envelopes.nextName();
    await curlClient.put(name, stored);
    const mediaFile = { mediaId: name, type: 'audio/mp3', mediaDescriptor: curlClient.stored(name), ...metadata };
    const { status, body } = await curlClient.insert({ id: curlClient.recordingId(name), mediaFiles: [mediaFile] });
    expect([status, body.toString()]).toEqual([
      422,
      expect.stringContaining('neither media in the clear nor encrypted'),
    ]);
    expect(body.toString()).toContain(said);
  }

  it.each(wrapped)('%s: opened, in the file and in the metadata', async (_, wrap) => {
    const der = await envelopes.encrypt(long, '-aes256', '-outform', 'DER', ...envelopes.forUs);
    await expectOpened(await envelopes.attachedPath(wrap(der)), long);
    const { envelope, ciphertext } = splitEnvelope(der);
    await expectOpened(await envelopes.detachedPath(ciphertext, { pkcs7: wrap(envelope).toString('base64') }), long);
  });

  it.each(refusedByName)('%s: refused as %s, in the file and in the metadata', async (_, name, wrap) => {
    const der = await envelopes.encrypt(long, '-aes256', '-outform', 'DER', ...envelopes.forUs);
    const stored = wrap(der);
    await expectNotInserted(stored, {}, name);
    const file = curlClient.write('refused', stored);
    const { stdout, stderr } = await rcsctl(repository, cluster.ready.dataDir, ['inspect', file]);
    expect(stdout + stderr).toContain(name);
    const { envelope, ciphertext } = splitEnvelope(der);
    const pkcs7 = wrap(envelope).toString('base64');
    await expectNoEnvelope(ciphertext, pkcs7);
  });

  it('an alias in the metadata makes nothing of it plain', async () => {
    const der = await envelopes.encrypt(long, '-aes256', '-outform', 'DER', ...envelopes.forUs);
    const certAlias = cluster.ready.certificates[0]!.alias;
    await expectOpened(await envelopes.detachedPath(Buffer.from(`\ufeff${pem(der)}`), { certAlias }), long);
    await expectNotInserted(gzipSync(der), { certAlias }, 'gzip');
  });
});
