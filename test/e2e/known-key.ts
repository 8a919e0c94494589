import { createPrivateKey, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rcsctl } from '#test/cluster/rcsctl.js';
import type { RunningCluster } from '#test/cluster/running-cluster.js';
import type { CurlClient } from './curl-client.js';
import { openssl } from './external-tools.js';
import { splitEnvelope } from './split-envelope.js';

const repository = join(__dirname, '../..');

/** A recording, and all that opens it. */
export interface KnownRecording {
  readonly id: string;
  readonly playPath: string;
  readonly media: Buffer;
  readonly envelope: Buffer;
  /** The session key as the envelope has it. */
  readonly encryptedKey: Buffer;
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
  await importKnownKey(cluster, work);
  return recordAgain(client, work, { name: 'KNOWN', fields });
}

const pairBelow = (work: string) => ({ key: join(work, 'known.key'), certificate: join(work, 'known.pem') });

/** Makes a key below `work` and gives it to the cluster's key vaults. */
export async function importKnownKey(cluster: RunningCluster, work: string): Promise<void> {
  const { key, certificate } = pairBelow(work);
  const made = ['-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate, '-days', '30'];
  await openssl('req', '-new', '-x509', ...made, '-subj', '/CN=known');
  const names = ['--contact-center', cluster.ready.contactCenter, '--alias', 'known'];
  const imported = await rcsctl(repository, cluster.ready.dataDir, [
    'import-key',
    ...['--key', key, '--certificate', certificate],
    ...names,
  ]);
  expect(imported).toMatchObject({ status: 0 });
}

/** A recording under the key that was imported: detached unless `attached` says that its envelope lies in the stored file. */
export async function recordAgain(
  client: CurlClient,
  work: string,
  {
    name,
    fields = {},
    attached = false,
  }: { readonly name: string; readonly fields?: object; readonly attached?: boolean },
): Promise<KnownRecording> {
  const { key, certificate } = pairBelow(work);
  const media = randomBytes(70_000);
  writeFileSync(join(work, 'known.plain'), media);
  const files = ['-in', join(work, 'known.plain'), '-out', join(work, 'known.bin')];
  await openssl('cms', '-encrypt', '-binary', '-aes256', ...files, '-outform', 'DER', certificate);
  const whole = readFileSync(join(work, 'known.bin'));
  const { envelope, ciphertext } = splitEnvelope(whole);
  const stored = `${name.toLowerCase()}.enc`;
  await client.put(stored, attached ? whole : ciphertext);
  const mediaFile = {
    mediaId: `${name.toLowerCase()}.mp3`,
    mediaDescriptor: client.stored(stored),
    ...(attached ? {} : { pkcs7: envelope.toString('base64') }),
  };
  const playPath = await client.inserted(name, mediaFile, fields);
  const { d, p, q } = createPrivateKey(readFileSync(key)).export({ format: 'jwk' });
  return {
    ...{ id: client.recordingId(name), playPath, media, envelope },
    ...{ encryptedKey: encryptedKeyOf(envelope), sessionKey: await sessionKeyOf(envelope, key, work) },
    privateKey: [d, p, q].map(part => Buffer.from(part!, 'base64url')),
  };
}

/** The last 256 octets before EncryptedContentInfo. */
function encryptedKeyOf(envelope: Buffer): Buffer {
  const marker = Buffer.from('04820100', 'hex');
  const start = envelope.indexOf(marker) + marker.length;
  return envelope.subarray(start, start + 256);
}

async function sessionKeyOf(envelope: Buffer, key: string, work: string): Promise<Buffer> {
  writeFileSync(join(work, 'wrapped'), encryptedKeyOf(envelope));
  await openssl('pkeyutl', '-decrypt', '-inkey', key, '-in', join(work, 'wrapped'), '-out', join(work, 'session-key'));
  const sessionKey = readFileSync(join(work, 'session-key'));
  expect(sessionKey.length).toBe(32);
  return sessionKey;
}
