import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { InternalIdentity } from '#platform';
import { parse, stringify } from 'yaml';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { processIdOf } from '#test/cluster/process-id.js';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { CurlClient } from '../e2e/curl-client.js';
import { curl, openssl } from '../e2e/external-tools.js';
import { GatewayFront, playPaced, type GatewayInstance } from './paced-player.js';

jest.setTimeout(300_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-renewal-'));
const services = ['key-vault', 'decrypt-worker-1', 'decrypt-worker-2', 'playback-gateway'];
const roles = ['key-vault', 'decrypt-worker', 'playback-gateway'] as const;
const reloaded = 'configuration and certificates were read again';
const media = Buffer.alloc(6_000_000, 'recording ');

let cluster: RunningCluster;
let curlClient: CurlClient;
let playPath: string;
let firstCa: string;

beforeAll(async () => {
  cluster = await startCluster(join(__dirname, '../..'), join(work, 'data'), {
    RCS_RELOAD_INTERVAL_MS: '100',
    // Everything is opened and agreed again, so that every play proves the certificates of the moment.
    RCS_DECRYPT_WORKER__MEDIA_SESSION_TIME_TO_LIVE_MS: '1',
  });
  firstCa = readFileSync(cluster.ready.caFile, 'utf8');
  curlClient = new CurlClient(cluster, work);
  writeFileSync(join(work, 'plain'), media);
  const files = ['-in', join(work, 'plain'), '-out', join(work, 'cms'), '-outform', 'DER'];
  await openssl('cms', '-encrypt', '-binary', '-aes256', ...files, curlClient.certificateFile);
  await curlClient.put('renewal.bin', readFileSync(join(work, 'cms')));
  playPath = await curlClient.insertedFile('renewal.bin');
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

const tlsFile = (name: string): string => join(cluster.ready.dataDir, 'internal-tls', name);
const logOf = (service: string): string => readFileSync(join(cluster.ready.dataDir, 'logs', `${service}.log`), 'utf8');
const countIn = (text: string, part: string): number => text.split(part).length - 1;

function replace(name: string, content: string | Buffer): void {
  writeFileSync(tlsFile('next'), content, { mode: 0o600 });
  renameSync(tlsFile('next'), tlsFile(name));
}

/** Twice, because the first line may be of a reading that began before the files were written. */
async function everyServiceReadsAgain(): Promise<void> {
  for (let reading = 0; reading < 2; reading++) {
    const before = services.map(service => countIn(logOf(service), reloaded));
    services.forEach(service => process.kill(processIdOf(service, cluster.ready.dataDir), 'SIGHUP'));
    const haveRead = (): boolean => services.every((name, index) => countIn(logOf(name), reloaded) > before[index]!);
    await waitFor('every service to read again', haveRead);
  }
}

async function play(): Promise<string> {
  const ca = [firstCa, readFileSync(cluster.ready.caFile, 'utf8')].join('\n');
  const gateway: GatewayInstance = { isReady: () => Promise.resolve(true) };
  const front = new GatewayFront(new Map([[gateway, cluster.ready.gateway]]));
  return playPaced(front, playPath, media, {
    ca: Buffer.from(ca),
    user: cluster.ready.users[0]!,
    bytesPerSecond: 2_000_000,
  });
}

/** The serial number of the certificate that a server shows. */
function shownBy(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    // Only looked at; whether it is good is proven by playing.
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate()?.serialNumber ?? '');
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

const serialOf = ({ certificatePem }: InternalIdentity): string => new X509Certificate(certificatePem).serialNumber;

it('changes authority and certificates under a playing cluster, and no stream breaks', async () => {
  const pids = services.map(service => processIdOf(service, cluster.ready.dataDir));
  const authority = await InternalAuthority.create();
  const playing = [play()];

  // The order of every change of authority: trust both, show the new ones, trust the new one alone.
  replace('ca.pem', `${firstCa}\n${authority.caPem.toString()}`);
  await everyServiceReadsAgain();
  playing.push(play());

  for (const role of roles) {
    const identity = await authority.issue(role);
    replace(`${role}.key`, identity.keyPem);
    replace(`${role}.pem`, identity.certificatePem);
  }
  await everyServiceReadsAgain();
  playing.push(play());

  replace('ca.pem', authority.caPem);
  await everyServiceReadsAgain();
  playing.push(play());

  expect(await Promise.all(playing)).toEqual(['identical', 'identical', 'identical', 'identical']);
  expect(await play()).toBe('identical');
  expect(services.map(service => processIdOf(service, cluster.ready.dataDir))).toEqual(pids);
});

it('shows players a renewed certificate as soon as its files have changed', async () => {
  const authority = await InternalAuthority.create();
  const renewed = await authority.issue('rcsctl');
  replace('public-server.key', renewed.keyPem);
  // Until the certificate follows, key and certificate do not fit: the old ones stay in force.
  await waitFor('a word of the new key', () => logOf('playback-gateway').includes('serverSettings.ssl.keyFile'));
  expect(await shownBy(cluster.ready.gateway)).not.toBe(serialOf(renewed));
  replace('public-server.pem', renewed.certificatePem);
  await waitFor('the renewed one', async () => (await shownBy(cluster.ready.gateway)) === serialOf(renewed));
});

it('changes the level of the log in every service', async () => {
  const file = join(cluster.ready.dataDir, 'application.yaml');
  const configuration = parse(readFileSync(file, 'utf8')) as { logging: object };
  writeFileSync(file, stringify({ ...configuration, logging: { ...configuration.logging, level: 'debug' } }));
  await everyServiceReadsAgain();
  // The public certificate is not one of the authority any more: players trust it by itself.
  const { users, gateway } = cluster.ready;
  const trust = ['--cacert', tlsFile('public-server.pem'), '--user', `${users[0]!.name}:${users[0]!.password}`];
  await waitFor('lines of the new level', async () => {
    await curl(...trust, `${gateway}/api/v2${playPath}`);
    return ['key-vault', 'playback-gateway'].every(service => logOf(service).includes('"level":"debug"'));
  });
});
