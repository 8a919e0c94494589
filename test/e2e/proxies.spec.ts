import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endingWithUs, reservePort } from '#platform';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { json } from './browser.js';
import { CurlClient } from './curl-client.js';
import { curl, openssl, type CurlAnswer } from './external-tools.js';

jest.setTimeout(180_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-proxies-'));
const page = readFileSync(join(__dirname, '../../docs/proxies.md'), 'utf8');
let cluster: RunningCluster;
let curlClient: CurlClient;

beforeAll(async () => {
  const files = ['-keyout', join(work, 'recordings.key'), '-out', join(work, 'recordings.pem')];
  const name = ['-subj', '/CN=recordings', '-addext', 'subjectAltName=DNS:localhost'];
  await openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files, '-days', '2', ...name);
  const both = ['recordings.pem', 'recordings.key'].map(file => readFileSync(join(work, file), 'utf8'));
  chmodSync(work, 0o711);
  writeFileSync(join(work, 'recordings-with-key.pem'), both.join(''));
  cluster = await startCluster(join(__dirname, '../..'), join(work, 'data'), {
    RCS_SERVER_SETTINGS__TRUSTED_PROXIES: '[127.0.0.1]',
  });
  curlClient = new CurlClient(cluster, work);
});

afterAll(async () => {
  await cluster?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** The example of the page, with the names of this machine in the place of those in it. */
function example(language: string, port: number): string {
  const [, text] = new RegExp(`\`\`\`${language}\n([^]*?)\n\`\`\``).exec(page) ?? [];
  if (text === undefined) throw new Error(`docs/proxies.md has no example in ${language}`);
  return text
    .replace(/\bgateway\.internal:8443/g, new URL(cluster.ready.gateway).host.replace('127.0.0.1', 'localhost'))
    .replace(/\bgateway\.internal\b/g, 'localhost')
    .replaceAll('/etc/ssl/gateway-ca.pem', cluster.ready.caFile)
    .replaceAll('/etc/ssl/', `${work}/`)
    .replace(/(listen|\*:|bind :)( ?)443\b/, (_, before: string, blank: string) =>
      before === 'listen' ? `${before}${blank}127.0.0.1:${port}` : `${before.replace(/[*:]+$/, '127.0.0.1:')}${port}`,
    );
}

interface ProxyProgram {
  readonly language: string;
  readonly command: (directory: string, file: string) => readonly string[];
  readonly configuration: (directory: string, text: string, port: number) => string;
}

const temporaryPaths = (directory: string): string =>
  ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map(kind => `${kind}_temp_path ${directory}/${kind};`)
    .join('\n');
const modules = ['mpm_event', 'authz_core', 'headers', 'proxy', 'proxy_http', 'socache_shmcb', 'ssl'];

const programs: readonly ProxyProgram[] = [
  {
    language: 'nginx',
    command: (_, file) => ['nginx', '-c', file],
    configuration: (directory, text) =>
      `daemon off;\nmaster_process off;\npid ${directory}/pid;\nerror_log ${directory}/log;\n` +
      `events {}\nhttp {\naccess_log off;\n${temporaryPaths(directory)}\n${text}\n}\n`,
  },
  { language: 'haproxy', command: (_, file) => ['haproxy', '-db', '-q', '-f', file], configuration: (_, text) => text },
  {
    language: 'apache',
    command: (_, file) => ['apache2', '-DFOREGROUND', '-f', file],
    configuration: (directory, text, port) =>
      `ServerRoot ${directory}\nPidFile ${directory}/pid\nErrorLog ${directory}/log\nListen 127.0.0.1:${port}\n` +
      `ServerName localhost\nDefaultRuntimeDir ${directory}\n` +
      (process.getuid?.() === 0 ? 'User www-data\nGroup www-data\n' : '') +
      modules.map(name => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so\n`).join('') +
      text,
  },
];

/** Through the proxy as a player that trusts its certificate. */
const through = (origin: string, path: string, ...options: string[]): Promise<CurlAnswer> =>
  curl('--cacert', join(work, 'recordings.pem'), ...options, origin + path);

async function answering(origin: string, proxy: ChildProcess): Promise<void> {
  const end = Date.now() + 60_000;
  while (Date.now() < end && proxy.exitCode === null) {
    const answer = await through(origin, '/api/v2/me').catch(() => undefined);
    if (answer?.status === 401) return;
    await delay(100);
  }
  throw new Error('the proxy does not let anybody through');
}

describe.each(programs)('behind $language, as the page on proxies has it', ({ language, command, configuration }) => {
  let proxy: ChildProcess;
  let origin = '';

  beforeAll(async () => {
    const port = await reservePort();
    const directory = join(work, language);
    mkdirSync(directory);
    const file = join(directory, 'configuration');
    writeFileSync(file, `${configuration(directory, example(language, port), port)}\n`);
    const [program = '', ...options] = command(directory, file);
    const path = `${process.env.PATH}:/usr/sbin:/sbin`;
    proxy = spawn(...endingWithUs(program, options), { env: { ...process.env, PATH: path }, stdio: 'inherit' });
    origin = `https://localhost:${port}`;
    await answering(origin, proxy);
  });

  afterAll(async () => {
    const exited = new Promise(resolve => proxy.once('exit', resolve));
    if (proxy.exitCode === null && proxy.kill()) await exited;
  });

  it('a page of the same origin logs in, and one of another does not', async () => {
    const { name = '', password = '' } = cluster.ready.users.find(user => user.name === 'alice') ?? {};
    const logIn = (from: string) =>
      through(
        origin,
        '/api/v2/sessions',
        ...['--header', `Origin: ${from}`, '--header', 'content-type: application/json'],
        ...['--data', JSON.stringify({ userName: name, password })],
      );
    expect((await logIn(origin)).status).toBe(201);
    expect((await logIn('https://evil.test')).status).toBe(403);
    expect((await logIn('https://localhost')).status).toBe(403);
  });

  it('a recording plays in parts, and the audit has the address of the player', async () => {
    const path = cluster.ready.recordings[0]?.playPath ?? '';
    const whole = (await curlClient.play(path)).body;
    const address = `203.0.113.${programs.findIndex(program => program.language === language) + 1}`;
    const player = [...curlClient.asUser('alice').slice(2), '--header', `X-Forwarded-For: 198.51.100.1, ${address}`];
    const part = await through(origin, `/api/v2${path}`, ...player, '--range', '100-199');
    expect([part.status, part.body.equals(whole.subarray(100, 200))]).toEqual([206, true]);
    expect(json(await curlClient.get('/rcs/audit?user=alice&order=newest-first'))).toMatchObject({
      records: expect.arrayContaining([expect.objectContaining({ range: 'bytes=100-199', address })]) as unknown,
    });
  });
});
