import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manifestSchema } from '#archive';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { MadeAuthority } from '#test/openssl/made-authority.js';
import { OpenSsl } from '#test/openssl/openssl.js';
import { StampingAuthority } from '#test/time-stamps/stamping-authority.js';
import { answerOf } from '#test/waiting/wait-for.js';
import { rcsctl } from './command-line.js';
import { CurlClient } from './curl-client.js';
import { curl } from './external-tools.js';

jest.setTimeout(240_000);

const repository = join(__dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'rcs-archive-stamp-'));
const openssl = new OpenSsl();
const made = new MadeAuthority(openssl);
const file = (name: string): string => join(openssl.directory, name);
let authority: StampingAuthority;
let cluster: RunningCluster;
let client: CurlClient;

beforeAll(async () => {
  made.authority('root');
  made.certificate({ name: 'stamper', issuer: 'root', extensions: ['extendedKeyUsage=critical,timeStamping'] });
  authority = new StampingAuthority({ certificate: file('stamper.pem'), key: file('stamper.key') });
  cluster = await startCluster(repository, join(work, 'data'), {
    RCS_ARCHIVES__TIME_STAMP__URL: await authority.listen(),
    RCS_ARCHIVES__TIME_STAMP__ROOT_CA_FILE: file('root.pem'),
  });
  client = new CurlClient(cluster, work);
});
afterAll(async () => {
  await cluster?.stop();
  authority?.close();
  openssl.remove();
  rmSync(work, { recursive: true, force: true });
});

async function archived(name: string): Promise<string> {
  const recordings = cluster.ready.recordings.map(({ id }) => id);
  client.write('request.json', Buffer.from(JSON.stringify({ recordings, reason: 'case 4711' })));
  const headers = ['--header', 'Content-Type: application/json', '--data-binary', `@${client.file('request.json')}`];
  const answer = await curl(...client.asUser('alice'), ...headers, `${cluster.ready.gateway}/rcs/archives`);
  expect(answer.status).toBe(200);
  return client.write(`${name}.zip`, answer.body);
}

const manifestIn = (zip: string) =>
  manifestSchema.parse(JSON.parse(execFileSync('unzip', ['-p', zip, 'manifest.json'], { encoding: 'utf8' })));
/** What the audit says at the end of an archive; it may come a moment after its last byte. */
async function audited(zip: string): Promise<{ readonly timeStamp?: string } | undefined> {
  const { id } = manifestIn(zip);
  const find = async (): Promise<string | undefined> => {
    const { body } = await client.get('/rcs/audit?limit=100');
    const { records } = JSON.parse(body.toString()) as { records: readonly { event: string; detail?: string }[] };
    return records.find(({ event, detail }) => event === 'archive-finished' && detail?.includes(id) === true)?.detail;
  };
  const detail = await answerOf('the end of the archive in the audit', find, found => found !== undefined);
  return detail === undefined ? undefined : (JSON.parse(detail) as { timeStamp?: string });
}
const verify = (zip: string, ...more: readonly string[]) =>
  rcsctl('', 'archive', 'verify', zip, '--ca', cluster.ready.caFile, ...more);

it('vouches for when an archive was signed, to who has OpenSSL and docs/archive.md, and to rcsctl', async () => {
  const zip = await archived('stamped');
  expect(manifestIn(zip).timeStamp).toBe('follows');
  expect(await audited(zip)).toMatchObject({ timeStamp: 'follows' });
  const directory = mkdtempSync(join(work, 'stranger-'));
  execFileSync('unzip', ['-q', zip, '-d', join(directory, 'archive')]);
  writeFileSync(join(directory, 'tsa.pem'), openssl.read('root.pem'));
  const page = readFileSync(join(repository, 'docs/archive.md'), 'utf8');
  const blocks = [...page.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, commands]) => commands!);
  const commands = blocks.filter(block => block.includes('tsa.pem'));
  expect(commands).toHaveLength(1);
  execFileSync('sh', ['-e', '-c', commands[0]!], { cwd: directory, stdio: 'pipe' });
  writeFileSync(join(directory, 'archive/manifest.json.p7s'), 'another signature');
  expect(() => execFileSync('sh', ['-e', '-c', commands[0]!], { cwd: directory, stdio: 'pipe' })).toThrow();
  const verified = await verify(zip, '--tsa-ca', file('root.pem'));
  expect([verified.stderr, verified.status]).toEqual(['', 0]);
  expect(verified.stdout).toContain('CN=stamper vouches for that');
  expect((await verify(zip)).stdout).toContain('its time stamp was not looked at');
  expect(await verify(zip, '--tsa-ca', cluster.ready.caFile)).toMatchObject({ status: 1 });
});

it('is said to be missing, in a manifest that a vault signed, while the authority is away', async () => {
  authority.instead = response => response.writeHead(503).end();
  const zip = await archived('unstamped');
  expect(manifestIn(zip).timeStamp).toBe('missing');
  expect(await audited(zip)).toMatchObject({ timeStamp: 'missing' });
  expect(await verify(zip)).toMatchObject({ status: 0, stdout: expect.stringContaining('is missing') as string });
  const refused = await verify(zip, '--tsa-ca', file('root.pem'));
  expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('gave no time stamp')]);
});
