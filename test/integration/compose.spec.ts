import { execFile } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { loadConfiguration, loadInternalIdentity, requireSections } from '#platform';

jest.setTimeout(120_000);

const run = promisify(execFile);
const deploy = join(__dirname, '../../deploy');
const state = mkdtempSync(join(tmpdir(), 'rcs-compose-'));
const recordings = join(state, 'recordings');

interface ComposeService {
  readonly image: string;
  readonly build?: { readonly target: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly command?: unknown;
  readonly profiles?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[]; readonly interval: string; readonly timeout: string };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly networks?: readonly string[];
}
const compose = parse(readFileSync(join(deploy, 'compose.yaml'), 'utf8'), { merge: true }) as {
  services: Readonly<Record<string, ComposeService>>;
  networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  volumes: Readonly<Record<string, unknown>>;
};
const service = (name: string): ComposeService => {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`compose.yaml has no ${name}`);
  return found;
};
const configurationOf = (name: string): string => readFileSync(join(deploy, `compose/${name}.yaml`), 'utf8');
const inState = (text: string): string => text.replaceAll('/var/lib/rcs', state);

const prepare = () =>
  run(join(deploy, 'compose/prepare.sh'), [state, recordings], {
    env: { ...process.env, RCS_PROGRAM: join(deploy, 'entrypoint.sh') },
    timeout: 60_000,
  });

beforeAll(() => {
  mkdirSync(recordings);
  return prepare();
});
afterAll(() => rmSync(state, { recursive: true, force: true }));

it('mounts files that are there', () => {
  const mounted = Object.values(compose.services)
    .flatMap(({ volumes }) => volumes ?? [])
    .filter(volume => volume.startsWith('./'))
    .map(volume => volume.split(':')[0] ?? '');
  expect(mounted.length).toBeGreaterThan(5);
  expect(mounted.filter(path => !existsSync(join(deploy, path)))).toEqual([]);
});

it('prepares secrets, certificates and a token, once', async () => {
  const files = [
    'redis/secrets/redis',
    'playback-gateway/internal-tls/playback-gateway.key',
    'key-vault/token/softhsm2.conf',
    'webdav/htpasswd',
  ];
  const before = files.map(file => readFileSync(join(state, file), 'utf8'));
  await prepare();
  expect(files.map(file => readFileSync(join(state, file), 'utf8'))).toEqual(before);
  expect(statSync(join(state, 'key-vault/secrets/token-pin')).mode & 0o077).toBe(0);
});

/** Everything that is secret: what is not a certificate, nor the place of the token. */
const secretsOf = (container: string): string[] =>
  readdirSync(join(state, container), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && !/\.pem$|\.conf$/.test(entry.name) && !entry.parentPath.includes('/tokens'))
    .map(({ name }) => name)
    .sort();

it.each([
  ['playback-gateway', ['ops', 'playback-gateway.key', 'postgresql', 'public-server.key', 'redis', 'webdav']],
  ['decrypt-worker', ['decrypt-worker.key', 'redis', 'webdav']],
  ['key-vault', ['key-vault.key', 'token-pin']],
  ['rcsctl', ['postgresql', 'rcsctl.key']],
  ['redis', ['redis']],
  ['postgresql', ['postgresql']],
  ['webdav', ['htpasswd']],
] as const)('gives %s its own secrets and keys, and no more', (name, secrets) => {
  expect(secretsOf(name)).toEqual(secrets);
  // Of all places below /var/lib/rcs it sees its own.
  const places = (service(name).volumes ?? []).map(volume => volume.split(':').slice(0, 2));
  const own = places.filter(([, path]) => path?.startsWith('/var/lib/rcs'));
  expect(own).toEqual([[name, `/var/lib/rcs/${name}`]]);
});

const usersOf = (volume: string): string[] =>
  Object.keys(compose.services).filter(
    name => name !== 'prepare' && (service(name).volumes ?? []).some(mounted => mounted.startsWith(`${volume}:`)),
  );

it('gives no volume to two containers, but for what prepares them and the sockets of workers', () => {
  const shared = Object.keys(compose.volumes).filter(volume => usersOf(volume).length > 1);
  expect(shared).toEqual(['worker-sockets']);
  expect(usersOf('worker-sockets')).toEqual(['decrypt-worker', 'playback-gateway']);
  const withEverything = Object.keys(compose.services).filter(name =>
    (service(name).volumes ?? []).some(volume => volume.startsWith('prepare:')),
  );
  expect(withEverything).toEqual(['prepare']);
});

it('lets gateways reach workers through a directory of their one user', () => {
  const { uid, mode } = statSync(join(state, 'worker-sockets'));
  expect(mode & 0o777).toBe(0o700);
  if (process.getuid?.() === 0) expect(uid).toBe(65532);
  const [worker, gateway] = ['decrypt-worker', 'playback-gateway'].map(name => {
    const file = join(state, `${name}-sockets.yaml`);
    writeFileSync(file, inState(configurationOf(name)));
    return loadConfiguration(file, {});
  });
  expect(service('decrypt-worker').volumes).toContain(`worker-sockets:${worker?.decryptWorker?.socketDirectory}`);
  expect(service('playback-gateway').volumes).toContain(
    `worker-sockets:${gateway?.serverSettings.workerSocketDirectory}`,
  );
});

it('lets nobody reach the database but gateways and the command line', () => {
  const inside = Object.keys(compose.services).filter(name => service(name).networks?.includes('store') === true);
  expect(inside).toEqual(['postgresql', 'playback-gateway', 'rcsctl']);
  expect(service('postgresql').networks).toEqual(['store']);
  expect(compose.networks.store).toEqual({ internal: true });
});

it('asks everything that goes on whether it is well, and starts nothing before what it needs is', () => {
  const ending = ['prepare', 'rcsctl'];
  for (const [name, { healthcheck, depends_on: needed = {} }] of Object.entries(compose.services)) {
    expect([name, healthcheck === undefined]).toEqual([name, ending.includes(name)]);
    if (healthcheck !== undefined) expect(healthcheck).toMatchObject({ interval: '5s', timeout: '5s' });
    for (const [dependency, { condition }] of Object.entries(needed)) {
      const expected = dependency === 'prepare' ? 'service_completed_successfully' : 'service_healthy';
      expect([name, dependency, condition]).toEqual([name, dependency, expected]);
    }
  }
});

it.each([
  ['playback-gateway', 9090],
  ['decrypt-worker', 9092],
  ['key-vault', 9091],
] as const)('%s is well exactly when it says that it is ready', async (name, port) => {
  const [kind, program, ...options] = service(name).healthcheck?.test ?? [];
  expect([kind, program]).toEqual(['CMD', 'node']);
  let ready = true;
  const answers = createServer(({ url }, response) =>
    response.writeHead(url === '/health/ready' && ready ? 200 : 503).end(),
  );
  await once(answers.listen(0, '127.0.0.1'), 'listening', { signal: AbortSignal.timeout(10_000) });
  const { port: open } = answers.address() as AddressInfo;
  try {
    // Compose writes $$ for a dollar sign.
    const parts = options.map(part => part.replaceAll('$$', '$').replace(String(port), String(open)));
    const check = () =>
      run(process.execPath, parts, { env: service(name).environment, timeout: 30_000 }).then(
        () => 0,
        (error: unknown) => (error as { code?: number }).code,
      );
    expect(await check()).toBe(0);
    ready = false;
    expect(await check()).toBe(1);
  } finally {
    answers.close();
  }
});

it('gives the volume of the recordings to the user Apache writes as', () => {
  expect(service('prepare').volumes).toContain('recordings:/recordings');
  expect(service('webdav').volumes).toContain('recordings:/recordings');
  expect(readFileSync(join(deploy, 'compose/httpd.conf'), 'utf8')).toMatch(/^User www-data$/m);
  if (process.getuid?.() === 0) expect(statSync(recordings)).toMatchObject({ uid: 33, gid: 33 });
});

it.each([
  ['playback-gateway', ['internalTls', 'redis', 'store']],
  ['decrypt-worker', ['internalTls', 'redis', 'decryptWorker']],
  ['key-vault', ['internalTls', 'keyVault']],
  ['rcsctl', ['internalTls', 'store', 'decryptWorker']],
] as const)('gives %s a configuration and an identity that it takes', (name, sections) => {
  const given = service(name).environment?.RCS_CONFIG;
  expect(service(name).volumes).toContain(`./compose/${name}.yaml:${given}:ro`);
  const file = join(state, `${name}.yaml`);
  writeFileSync(file, inState(configurationOf(name)));
  const configuration = requireSections(loadConfiguration(file, {}), ...sections);
  expect(loadInternalIdentity(configuration.internalTls).role).toBe(name);
});

it.each(['playback-gateway', 'decrypt-worker', 'key-vault'])(
  'takes write access and capabilities from the %s',
  name => {
    expect(service(name)).toMatchObject({ read_only: true, cap_drop: ['ALL'], build: { target: 'softhsm' } });
    const dockerfile = readFileSync(join(deploy, 'Dockerfile'), 'utf8');
    expect(dockerfile).toContain('AS softhsm');
  },
);

it('gives Apache a configuration that Apache takes', async () => {
  const text = readFileSync(join(deploy, 'compose/httpd.conf'), 'utf8')
    .replace('/usr/local/apache2', '/usr/lib/apache2')
    // Part of Debian's program itself.
    .replace(/^LoadModule unixd_module.*\n/m, '')
    .replaceAll('/recordings', state)
    .replace(`Alias ${state} ${state}`, `Alias /recordings ${state}`)
    .replaceAll('/var/lib/rcs', state);
  const file = join(state, 'httpd.conf');
  writeFileSync(file, `PidFile ${state}/httpd.pid\n${text}`);
  const { stderr } = await run('apache2', ['-t', '-f', file], { env: { PATH: '/usr/sbin:/usr/bin:/bin' } });
  expect(stderr).toContain('Syntax OK');
});

it('gives Prometheus a configuration that Prometheus takes', async () => {
  const text = readFileSync(join(deploy, 'compose/prometheus.yaml'), 'utf8');
  const file = join(state, 'prometheus.yaml');
  writeFileSync(file, text.replace('/etc/prometheus/rules/*.yaml', `${join(deploy, 'prometheus')}/*.yaml`));
  const { stdout } = await run('promtool', ['check', 'config', file]);
  expect(stdout).toMatch(/SUCCESS: .*prometheus.yaml is valid/);
  const ports = [...text.matchAll(/port: (\d+)/g)].map(([, port]) => Number(port));
  const sections = [
    ['playback-gateway', 'serverSettings'],
    ['key-vault', 'keyVault'],
    ['decrypt-worker', 'decryptWorker'],
  ] as const;
  const configured = sections.map(([name, section]) => {
    const all = parse(configurationOf(name)) as Record<string, { management: { port: number } }>;
    return all[section]?.management.port;
  });
  expect(ports).toEqual(configured);
});
