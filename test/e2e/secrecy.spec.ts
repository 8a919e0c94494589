import { execFile } from 'node:child_process';
import { createPrivateKey, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { parse } from 'yaml';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { splitEnvelope } from './split-envelope.js';
import { CurlClient } from './curl-client.js';
import { openssl } from './external-tools.js';

jest.setTimeout(180_000);

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-secrecy-'));
const dataDirectory = join(work, 'data');
let cluster: RunningCluster;
let monitor: Redis;
const redisCommands: string[] = [];

beforeAll(async () => {
  cluster = await startCluster(repository, dataDirectory, { RCS_LOGGING__LEVEL: 'trace' });
  const { redis } = parse(readFileSync(join(dataDirectory, 'application.yaml'), 'utf8')) as {
    redis: { url: string; password: { file: string } };
  };
  const connection = new Redis(redis.url, { password: readFileSync(redis.password.file, 'utf8') });
  monitor = await connection.monitor();
  connection.disconnect();
  monitor.on('monitor', (_time: string, args: string[]) => redisCommands.push(args.join(' ')));
});

afterAll(async () => {
  monitor?.disconnect();
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** A recording under a key that the test knows, played; answers every secret of it. */
async function playUnderKnownKey(): Promise<Buffer[]> {
  const [key, certificate] = [join(work, 'known.key'), join(work, 'known.pem')];
  await openssl(
    'req',
    '-new',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    key,
    '-out',
    certificate,
    '-days',
    '30',
    '-subj',
    '/CN=known',
  );
  await importKey(key, certificate);

  const media = randomBytes(70_000);
  writeFileSync(join(work, 'known.plain'), media);
  const files = ['-in', join(work, 'known.plain'), '-out', join(work, 'known.bin')];
  await openssl('cms', '-encrypt', '-binary', '-aes256', ...files, '-outform', 'DER', certificate);
  const { envelope, ciphertext } = splitEnvelope(readFileSync(join(work, 'known.bin')));
  const curlClient = new CurlClient(cluster, work);
  await curlClient.put('known.enc', ciphertext);
  const mediaDescriptor = { storage: 'webDAV', path: 'known.enc' };
  const playPath = await curlClient.inserted('KNOWN', {
    mediaId: 'known.mp3',
    mediaDescriptor,
    pkcs7: envelope.toString('base64'),
  });
  for (const range of ['0-99', '60000-', '-5']) {
    expect((await curlClient.play(playPath, '--range', range)).status).toBe(206);
  }
  const { d, p, q } = createPrivateKey(readFileSync(key)).export({ format: 'jwk' });
  return [await sessionKeyOf(envelope, key), ...[d, p, q].map(part => Buffer.from(part!, 'base64url'))];
}

async function importKey(key: string, certificate: string): Promise<void> {
  const tls = join(dataDirectory, 'internal-tls');
  await promisify(execFile)(
    process.execPath,
    [
      ...[join(repository, 'dist/apps/rcsctl/main.js'), 'import-key', '--key', key, '--certificate', certificate],
      ...['--contact-center', cluster.ready.contactCenter, '--alias', 'known'],
    ],
    {
      env: {
        ...process.env,
        RCS_CONFIG: join(dataDirectory, 'application.yaml'),
        RCS_INTERNAL_TLS__CA_FILE: join(tls, 'ca.pem'),
        RCS_INTERNAL_TLS__CERTIFICATE_FILE: join(tls, 'rcsctl.pem'),
        RCS_INTERNAL_TLS__KEY_FILE: join(tls, 'rcsctl.key'),
      },
    },
  );
}

/** The wrapped key is the last 256 octets before EncryptedContentInfo; openssl opens it. */
async function sessionKeyOf(envelope: Buffer, key: string): Promise<Buffer> {
  const marker = Buffer.from('04820100', 'hex');
  const start = envelope.indexOf(marker) + marker.length;
  writeFileSync(join(work, 'wrapped'), envelope.subarray(start, start + 256));
  await openssl('pkeyutl', '-decrypt', '-inkey', key, '-in', join(work, 'wrapped'), '-out', join(work, 'session-key'));
  const sessionKey = readFileSync(join(work, 'session-key'));
  expect(sessionKey.length).toBe(32);
  return sessionKey;
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap(entry => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return statSync(path).isFile() ? [path] : [];
  });
}

/** The forms in which a secret could have been written down. */
function spellings(secret: Buffer): Buffer[] {
  const hex = secret.toString('hex');
  // A line of a PEM or a log may hold a part of a long secret only.
  const middle = secret.subarray(8, 24);
  const texts = [
    hex,
    hex.toUpperCase(),
    secret.toString('base64'),
    secret.toString('base64url'),
    middle.toString('hex'),
  ];
  return [secret, middle, ...texts.map(text => Buffer.from(text))];
}

it('no session key, private key or password is in any log, file or Redis command of a whole run', async () => {
  const keys = await playUnderKnownKey();
  const { users, ops, webdav } = cluster.ready;
  const passwords = [...users.map(user => user.password), ops.password, webdav.password];
  expect(redisCommands.length).toBeGreaterThan(0);

  const logs = filesBelow(join(dataDirectory, 'logs'));
  expect(logs.length).toBeGreaterThanOrEqual(6);
  for (const path of logs) {
    const content = readFileSync(path);
    for (const password of passwords)
      expect({ path, leaks: content.includes(password) }).toEqual({ path, leaks: false });
  }
  const redis = Buffer.from(redisCommands.join('\n'));
  const files = filesBelow(dataDirectory);
  for (const secret of keys.flatMap(spellings)) {
    expect(redis.includes(secret)).toBe(false);
    for (const path of files) {
      expect({ path, leaks: readFileSync(path).includes(secret) }).toEqual({ path, leaks: false });
    }
  }
});
