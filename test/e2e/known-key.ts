import { createPrivateKey, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rcsctl } from '#test/cluster/rcsctl.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import type { CurlClient } from './curl-client.js';
import { openssl } from './external-tools.js';
import { splitEnvelope } from './split-envelope.js';

const repository = join(__dirname, '../..');

/** A detached recording, and all that opens it. */
export interface KnownRecording {
  readonly id: string;
  readonly playPath: string;
  readonly media: Buffer;
  readonly envelope: Buffer;
  readonly sessionKey: Buffer;
  /** Parts of the private key that its envelope is for. */
  readonly privateKey: readonly Buffer[];
}

/** Records under a key that the test knows; the cluster's key vaults get it. */
export async function recordUnderKnownKey(
  cluster: RunningCluster,
  client: CurlClient,
  work: string,
  fields: object = {},
): Promise<KnownRecording> {
  const [key, certificate] = [join(work, 'known.key'), join(work, 'known.pem')];
  const made = ['-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate, '-days', '30'];
  await openssl('req', '-new', '-x509', ...made, '-subj', '/CN=known');
  const names = ['--contact-center', cluster.ready.contactCenter, '--alias', 'known'];
  const imported = await rcsctl(repository, cluster.ready.dataDir, [
    'import-key',
    ...['--key', key, '--certificate', certificate],
    ...names,
  ]);
  expect(imported).toMatchObject({ status: 0 });

  const media = randomBytes(70_000);
  writeFileSync(join(work, 'known.plain'), media);
  const files = ['-in', join(work, 'known.plain'), '-out', join(work, 'known.bin')];
  await openssl('cms', '-encrypt', '-binary', '-aes256', ...files, '-outform', 'DER', certificate);
  const { envelope, ciphertext } = splitEnvelope(readFileSync(join(work, 'known.bin')));
  await client.put('known.enc', ciphertext);
  const mediaFile = {
    mediaId: 'known.mp3',
    mediaDescriptor: client.stored('known.enc'),
    pkcs7: envelope.toString('base64'),
  };
  const playPath = await client.inserted('KNOWN', mediaFile, fields);
  const { d, p, q } = createPrivateKey(readFileSync(key)).export({ format: 'jwk' });
  return {
    ...{ id: client.recordingId('KNOWN'), playPath, media, envelope },
    sessionKey: await sessionKeyOf(envelope, key, work),
    privateKey: [d, p, q].map(part => Buffer.from(part!, 'base64url')),
  };
}

/** The wrapped key is the last 256 octets before EncryptedContentInfo; openssl opens it. */
async function sessionKeyOf(envelope: Buffer, key: string, work: string): Promise<Buffer> {
  const marker = Buffer.from('04820100', 'hex');
  const start = envelope.indexOf(marker) + marker.length;
  writeFileSync(join(work, 'wrapped'), envelope.subarray(start, start + 256));
  await openssl('pkeyutl', '-decrypt', '-inkey', key, '-in', join(work, 'wrapped'), '-out', join(work, 'session-key'));
  const sessionKey = readFileSync(join(work, 'session-key'));
  expect(sessionKey.length).toBe(32);
  return sessionKey;
}
