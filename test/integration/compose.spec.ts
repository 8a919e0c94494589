import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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
}
const compose = parse(readFileSync(join(deploy, 'compose.yaml'), 'utf8'), { merge: true }) as {
  services: Readonly<Record<string, ComposeService>>;
};
const service = (name: string): ComposeService => {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`compose.yaml has no ${name}`);
  return found;
};
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
  const files = ['secrets/redis', 'internal-tls/ca.pem', 'token/softhsm2.conf', 'webdav.htpasswd'];
  const before = files.map(file => readFileSync(join(state, file), 'utf8'));
  await prepare();
  expect(files.map(file => readFileSync(join(state, file), 'utf8'))).toEqual(before);
  expect(statSync(join(state, 'secrets/token-pin')).mode & 0o077).toBe(0);
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
] as const)('gives the %s a configuration and an identity that it takes', (name, sections) => {
  const file = join(state, 'application.yaml');
  writeFileSync(file, inState(readFileSync(join(deploy, 'compose/application.yaml'), 'utf8')));
  const entries = Object.entries(service(name).environment ?? {}).map(([option, value]) => [option, inState(value)]);
  const environment = { ...(Object.fromEntries(entries) as Record<string, string>), RCS_CONFIG: file };
  const configuration = requireSections(loadConfiguration(undefined, environment), ...sections);
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
  const { serverSettings, keyVault, decryptWorker } = parse(
    readFileSync(join(deploy, 'compose/application.yaml'), 'utf8'),
  ) as Record<string, { management: { port: number } }>;
  expect(ports).toEqual([serverSettings, keyVault, decryptWorker].map(section => section?.management.port));
});
