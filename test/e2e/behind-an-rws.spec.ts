import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashPassword } from '#accounts';
import type { Role } from '#store';
import { withClusterStore } from '#test/cluster/cluster-store.js';
import { rcsctl } from '#test/cluster/rcsctl.js';
import { startCluster, personOf, type RunningCluster } from '#test/cluster/running-cluster.js';
import { bytesOf, StandInRws } from '#test/recording-source/stand-in-rws.js';
import { waitFor } from '#test/waiting/wait-for.js';
import { within } from '#test/waiting/within.js';
import { mediaLike } from '../../libs/cms/src/testing/media-like.js';
import { CurlClient } from './curl-client.js';
import { curl, openssl, type CurlAnswer } from './external-tools.js';
import { splitEnvelope } from './split-envelope.js';

jest.setTimeout(300_000);

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-behind-rws-'));
const media = mediaLike(3_000_001);
const password = 'a password of tests';
const centers = ['through', 'wrong-ca', 'wrong-password', 'stand-in'] as const;
type Center = (typeof centers)[number];

/** A gateway of ours with its own store, vault and storage, which stands for the RWS. */
let rws: RunningCluster;
let atRws: CurlClient;
/** The server under test, which has none of the recordings. */
let cluster: RunningCluster;
let standIn: StandInRws;

beforeAll(async () => {
  rws = await startCluster(repository, join(work, 'rws'));
  atRws = new CurlClient(rws, work);
  standIn = await StandInRws.start('rcs', 'secret');
  const { gateway: url, caFile, certificates } = rws.ready;
  const account = (name: string) => ({ userName: name, password: personOf(rws.ready, name).password });
  const sources = [
    { url, contactCenter: 'through', ...account('alice'), rwsTrustedCA: caFile },
    { url, contactCenter: 'wrong-ca', ...account('bob'), rwsTrustedCA: certificates[0]!.file },
    { url, contactCenter: 'wrong-password', userName: 'carol', password: 'wrong', rwsTrustedCA: caFile },
    { url: standIn.url, contactCenter: 'stand-in', userName: 'rcs', password: 'secret', answerTimeoutMs: 1000 },
  ];
  cluster = await startCluster(repository, join(work, 'cluster'), { RCS_RECORDING_SOURCES: JSON.stringify(sources) });
  await withClusterStore(cluster.ready.dataDir, {}, async store => {
    const passwordHash = await hashPassword(password);
    for (const contactCenter of centers) {
      await store.contactCenters.put({ id: contactCenter, name: contactCenter });
      const person = (name: string, roles: Role[], accessGroups: string[]) =>
        store.users.put({
          ...{ name: `${name}-${contactCenter}`, enabled: true, contactCenter, passwordHash, roles, accessGroups },
          ...{ privileges: ['decrypt-recording'], partitions: [] },
        });
      await person('admin', ['admin'], ['/']);
      await person('agent', ['agent'], []);
    }
  });
});

afterAll(async () => {
  await cluster?.stop();
  await rws?.stop();
  await standIn?.stop();
  rmSync(work, { recursive: true, force: true });
});

const as = (center: Center, who = 'admin'): string[] => [
  ...['--cacert', cluster.ready.caFile, '--user', `${who}-${center}:${password}`],
];
const ask = (center: Center, path: string, ...options: string[]): Promise<CurlAnswer> =>
  curl(...as(center), ...options, `${cluster.ready.gateway}/api/v2${path}`);
const json = ({ body }: CurlAnswer) => JSON.parse(body.toString()) as Record<string, unknown>;
const playPathIn = (answer: CurlAnswer): string =>
  (json(answer) as { mediaFiles: { playPath: string }[] }).mediaFiles[0]!.playPath;
const gatewayLog = (): string => readFileSync(join(cluster.ready.dataDir, 'logs/playback-gateway.log'), 'utf8');

/** A recording that the RWS alone has; answers the path it plays at there. */
async function recordAtRws(id: string, bytes: Buffer, fields: object = {}): Promise<string> {
  await atRws.put(`${id}.mp3`, bytes);
  return atRws.inserted(id, { mediaId: `${id}.mp3`, mediaDescriptor: atRws.stored(`${id}.mp3`), ...fields });
}

describe('a recording that only the RWS has', () => {
  it('is shown and played, whole and from the middle, at the paths that the RWS gave', async () => {
    const playPath = await recordAtRws('FIRST', media, { parameters: { agentId: 'agent-through' } });
    const shown = await ask('through', '/recordings/FIRST');
    expect([shown.status, json(shown)]).toEqual([200, expect.objectContaining({ id: 'FIRST', statusCode: 0 })]);
    expect(playPathIn(shown)).toBe(playPath);
    const whole = await ask('through', playPath);
    expect([whole.status, whole.body.equals(media)]).toEqual([200, true]);
    const part = await ask('through', playPath, '--range', '1500000-1500999');
    expect([part.status, part.body.equals(media.subarray(1_500_000, 1_501_000))]).toEqual([206, true]);
    const agent = await curl(...as('through', 'agent'), `${cluster.ready.gateway}/api/v2${playPath}`);
    expect(agent.status).toBe(200);
  });

  it('plays before anybody has looked at its metadata', async () => {
    const bytes = mediaLike(70_000);
    const playPath = await recordAtRws('PLAYED-FIRST', bytes);
    const played = await ask('through', playPath);
    expect([played.status, played.body.equals(bytes)]).toEqual([200, true]);
  });

  it('is heard by nobody who may not, and by no other contact center', async () => {
    const playPath = await recordAtRws('WALLS', mediaLike(70_000));
    for (const path of ['/recordings/WALLS', playPath]) {
      const agent = await curl(...as('through', 'agent'), `${cluster.ready.gateway}/api/v2${path}`);
      expect(agent.status).toBe(403);
      const neighbour = await ask('stand-in', path);
      expect([neighbour.status, json(neighbour)['statusCode']]).toEqual([404, 6]);
    }
  });

  it('stays what it was at first sight, and plays no other file in its place', async () => {
    const playPath = await recordAtRws('EXCHANGED', mediaLike(200_000));
    expect((await ask('through', playPath)).status).toBe(200);
    await atRws.put('EXCHANGED.mp3', mediaLike(200_001));
    await waitFor('the other file to be refused', async () => {
      const answer = await ask('through', playPath);
      return answer.status === 422 || answer.status === 502;
    });
  });

  it('is 404 where the RWS says so, and found a second after it is there', async () => {
    expect((await ask('through', '/recordings/LATER')).status).toBe(404);
    await recordAtRws('LATER', mediaLike(70_000));
    await waitFor('the recording', async () => (await ask('through', '/recordings/LATER')).status === 200);
  });
});

describe('an encrypted recording, as the original stores it', () => {
  it('is decrypted here with the key of the contact center', async () => {
    const [key, certificate] = [join(work, 'key.pem'), join(work, 'certificate.pem')];
    await openssl(
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=Behind', '-days', '30'],
      ...['-keyout', key, '-out', certificate],
    );
    const pair = ['--certificate', certificate, '--key', key, '--contact-center', 'stand-in', '--alias', 'behind'];
    expect(await rcsctl(repository, cluster.ready.dataDir, ['import-key', ...pair])).toMatchObject({ status: 0 });
    const [plain, der] = [atRws.write('plain.mp3', media), join(work, 'encrypted.der')];
    await openssl(
      ...['cms', '-encrypt', '-binary', '-aes256', '-outform', 'DER', '-in', plain, '-out', der],
      certificate,
    );
    const { envelope, ciphertext } = splitEnvelope(readFileSync(der));
    const path = '/recordings/ENCRYPTED/play/6b29fc40.mp3';
    standIn.onJson(
      '/recordings/ENCRYPTED',
      answerOf('ENCRYPTED', '6b29fc40.mp3', { pkcs7: envelope.toString('base64') }),
    );
    standIn.on(path, bytesOf(ciphertext));
    const played = await ask('stand-in', path);
    expect([played.status, played.body.equals(media)]).toEqual([200, true]);
    const part = await ask('stand-in', path, '--range', '-77');
    expect([part.status, part.body.equals(media.subarray(-77))]).toEqual([206, true]);
    const shown = json(await ask('stand-in', '/recordings/ENCRYPTED'));
    expect(JSON.stringify(shown)).not.toContain('pkcs7');
  });
});

const answerOf = (id: string, leaf: string, fields: object = {}) => ({
  statusCode: 0,
  id,
  mediaFiles: [{ mediaId: `${id}.mp3`, type: 'audio/mp3', mediaPath: `/recordings/${id}/play/${leaf}`, ...fields }],
});

describe('an RWS that is not what it should be', () => {
  it.each([
    ['another recording', (id: string) => answerOf(`${id}X`, 'a.mp3')],
    ['another contact center', (id: string) => ({ ...answerOf(id, 'a.mp3'), contactCenterId: 'through' })],
    ['media elsewhere', (id: string) => answerOf(id, 'a.mp3', { mediaPath: '/recordings/OTHER/play/a.mp3' })],
    ['wrong types', (id: string) => ({ ...answerOf(id, 'a.mp3'), callerPhoneNumber: 7 })],
    ['too much', (id: string) => ({ ...answerOf(id, 'a.mp3'), note: 'x'.repeat(5_000_000) })],
  ])('says %s: 502, and nothing is kept', async (what, answer) => {
    const id = `LIE-${what.replaceAll(' ', '-')}`;
    standIn.onJson(`/recordings/${id}`, answer(id));
    const told = await ask('stand-in', `/recordings/${id}`);
    expect([told.status, json(told)['statusCode']]).toEqual([502, 4]);
    expect(told.body.toString()).not.toMatch(/127\.0\.0\.1|LIE/);
    await waitFor('the log to name it', () => gatewayLog().includes(id));
    standIn.onJson(`/recordings/${id}`, { statusCode: 6 }, 404);
    await waitFor('404', async () => (await ask('stand-in', `/recordings/${id}`)).status === 404);
  });

  it('redirects: nobody follows', async () => {
    standIn.on('/recordings/REDIRECTED', (_, response) => {
      response.writeHead(302, { location: `${standIn.url}/api/v2/recordings/ELSEWHERE` }).end();
    });
    expect((await ask('stand-in', '/recordings/REDIRECTED')).status).toBe(502);
    expect(standIn.asked).not.toContain('/api/v2/recordings/ELSEWHERE');
  });

  it('ignores ranges: the bytes are right all the same', async () => {
    const path = '/recordings/NO-RANGES/play/a.mp3';
    standIn.onJson('/recordings/NO-RANGES', answerOf('NO-RANGES', 'a.mp3'));
    standIn.on(path, (request, response) => {
      delete request.headers.range;
      bytesOf(media)(request, response);
    });
    const part = await ask('stand-in', path, '--range', '2000000-2000099');
    expect([part.status, part.body.equals(media.subarray(2_000_000, 2_000_100))]).toEqual([206, true]);
  });

  it('is slow: 503 with Retry-After in time, and others are not kept waiting', async () => {
    standIn.on('/recordings/SLOW', () => undefined);
    const before = Date.now();
    const slow = await ask('stand-in', '/recordings/SLOW');
    expect([slow.status, slow.headers['retry-after']]).toEqual([503, expect.stringMatching(/^\d+$/)]);
    expect(Date.now() - before).toBeLessThan(5000);
    expect((await ask('through', '/recordings/FIRST')).status).toBe(200);
  });

  it.each(['wrong-ca', 'wrong-password'] as const)('%s: 503, and the log says which option', async center => {
    const told = await ask(center, '/recordings/FIRST-OF-ALL');
    expect([told.status, told.headers['retry-after']]).toEqual([503, expect.stringMatching(/^\d+$/)]);
    const option =
      center === 'wrong-ca' ? 'recordingSources[].rwsTrustedCA' : 'userName and password of recordingSources';
    // What a process says is in the file a moment later.
    await waitFor('the log to say so', () => gatewayLog().includes(option));
  });
});

describe('an RWS that dies', () => {
  it('in the middle of a playback: the player sees a failure, everybody else 503 until it is back', async () => {
    const large = mediaLike(40_000_000);
    const playPath = await recordAtRws('LARGE', large);
    expect((await ask('through', '/recordings/LARGE')).status).toBe(200);
    const slowly = ['--silent', '--output', join(work, 'large'), '--limit-rate', '4M', '--max-time', '60'];
    const player = spawn('curl', [...as('through'), ...slowly, `${cluster.ready.gateway}/api/v2${playPath}`]);
    const ended = within('the end of the player', once(player, 'exit'), 90_000) as Promise<[number]>;
    await waitFor('the first bytes', () => sizeOf(join(work, 'large')) > 1_000_000);
    await rws.stop();
    const [exitCode] = await ended;
    expect(exitCode).not.toBe(0);
    const got = readFileSync(join(work, 'large'));
    expect(got.length).toBeLessThan(large.length);
    expect(got.equals(large.subarray(0, got.length))).toBe(true);
    for (let attempt = 0; attempt < 4; attempt++) {
      const told = await ask('through', `/recordings/AWAY-${attempt}`);
      expect([told.status, told.headers['retry-after']]).toEqual([503, expect.stringMatching(/^\d+$/)]);
    }
    // What was taken before is known without it.
    expect((await ask('through', '/recordings/FIRST')).status).toBe(200);
  });
});

function sizeOf(file: string): number {
  try {
    return readFileSync(file).length;
  } catch {
    return 0;
  }
}
