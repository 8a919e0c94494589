import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { parse } from 'yaml';
import { filesBelow } from '#test/cluster/files-below.js';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { CurlClient } from './curl-client.js';
import { recordUnderKnownKey } from './known-key.js';

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
  const client = new CurlClient(cluster, work);
  const { playPath, sessionKey, privateKey } = await recordUnderKnownKey(cluster, client, work);
  for (const range of ['0-99', '60000-', '-5']) {
    expect((await client.play(playPath, '--range', range)).status).toBe(206);
  }
  return [sessionKey, ...privateKey];
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
