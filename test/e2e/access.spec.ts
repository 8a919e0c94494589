import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { encryptSecret } from '#platform';
import { openSqliteStore } from '#store';
import { CertificateAuthority } from '#test/authority/server-authority.js';
import { startCluster, type RunningCluster } from '#test/cluster/running-cluster.js';
import { examplePeople } from '#test/directory/example-people.js';
import { SlapdServer } from '#test/directory/slapd-server.js';
import { rcsctl, startRcsctl, resultOf, type CommandResult } from './command-line.js';
import { mediaLike } from '../../libs/cms/src/testing/media-like.js';
import { CurlClient } from './curl-client.js';
import { curl, type CurlAnswer } from './external-tools.js';

jest.setTimeout(240_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-access-'));
const file = (name: string): string => join(work, name);
const configuration = file('data/application.yaml');
const media = mediaLike(50_000);
let cluster: RunningCluster;
let curlClient: CurlClient;
let directory: SlapdServer;
let caFile: string;

beforeAll(async () => {
  const validUntil = new Date(Math.floor((Date.now() + 3_600_000) / 1000) * 1000);
  const authority = await CertificateAuthority.create({ commonName: 'Directory CA', validUntil });
  const names = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'], uris: [] };
  directory = await SlapdServer.start(
    examplePeople,
    await authority.issue({ commonName: 'directory', ...names, validUntil }),
  );
  writeFileSync(file('directory-ca.pem'), authority.certificatePem);
  const configurationServer = {
    contactCenters: ['directory'],
    urls: [`ldaps://localhost:${directory.ldapsPort}`],
    configurationServerTrustedCA: file('directory-ca.pem'),
    bindDn: 'cn=reader,dc=example,dc=org',
    bindPassword: 'reader-password',
    peopleBaseDn: 'ou=people,dc=example,dc=org',
    groupsBaseDn: 'ou=groups,dc=example,dc=org',
    attributes: { options: 'description' },
    cacheTimeToLiveMs: 0,
  };
  cluster = await startCluster(join(__dirname, '../..'), file('data'), {
    RCS_CONFIGURATION_SERVERS: JSON.stringify([configurationServer]),
    RCS_RELOAD_INTERVAL_MS: '200',
  });
  curlClient = new CurlClient(cluster, work);
  caFile = cluster.ready.caFile;
  const added = await rcsctl(configuration, 'contact-centers', 'add', 'On a directory', '--id', 'directory');
  expect(added).toMatchObject({ status: 0, stdout: 'directory  On a directory\n' });
});

afterAll(async () => {
  await cluster?.stop();
  await directory?.stop();
  rmSync(work, { recursive: true, force: true });
});

const as = (name: string, password: string, ...options: string[]): Promise<CurlAnswer> =>
  curl('--cacert', caFile, '--user', `${name}:${password}`, ...options);
const me = (name: string, password: string, ...options: string[]): Promise<CurlAnswer> =>
  as(name, password, ...options, `${cluster.ready.gateway}/api/v2/me`);
const json = (answer: CurlAnswer): Record<string, unknown> =>
  JSON.parse(answer.body.toString()) as Record<string, unknown>;

describe('people of a directory', () => {
  const inDirectory = ['--header', 'ContactCenterId: directory'];

  async function insert(id: string, agentId: string): Promise<string> {
    await curlClient.put(`${id}.mp3`, media);
    const recording = {
      id,
      mediaFiles: [
        {
          mediaId: `${id}.mp3`,
          type: 'audio/mp3',
          mediaDescriptor: { storage: 'webDAV', path: `${id}.mp3` },
          parameters: { agentId },
        },
      ],
    };
    const answer = await curl(
      ...curlClient.asRecorder(),
      ...['--header', 'Content-Type: application/json', '--data-binary', JSON.stringify(recording)],
      `${cluster.ready.gateway}/internal-api/contact-centers/directory/recordings`,
    );
    expect(answer.status).toBe(201);
    return (json(answer) as { mediaFiles: { playPath: string }[] }).mediaFiles[0]!.playPath;
  }

  it('play what their groups and names allow, each time as the directory says then', async () => {
    const ofJohn = curlClient.playUrl(await insert('JOHN1', 'john'));
    const ofAnthony = curlClient.playUrl(await insert('ANTHONY1', '4711'));
    const supervisor = await as('anthony', 'pass:wörd', ...inDirectory, ofJohn);
    expect(supervisor.status).toBe(200);
    expect(supervisor.body.equals(media)).toBe(true);
    expect((await as('anthony', 'pass:wörd', ...inDirectory, ofAnthony)).status).toBe(200);
    expect((await as('john', 'john-password', ...inDirectory, ofJohn)).status).toBe(200);
    expect((await as('john', 'john-password', ...inDirectory, ofAnthony)).status).toBe(403);
    expect((await as('anthony', 'wrong', ...inDirectory, ofJohn)).status).toBe(401);
  });

  it('do not see recordings of another contact center, whatever their groups', async () => {
    const demo = curlClient.playUrl(cluster.ready.recordings[0]!.playPath);
    const hidden = await as('anthony', 'pass:wörd', ...inDirectory, demo);
    const unknown = await as(
      'anthony',
      'pass:wörd',
      ...inDirectory,
      curlClient.playUrl('/recordings/NOSUCH/play/x.mp3'),
    );
    expect([hidden.status, hidden.body.toString()]).toEqual([404, unknown.body.toString()]);
  });

  it('get 503 while the directory is away; everybody else is served', async () => {
    await directory.halt();
    try {
      const away = await me('john', 'john-password', ...inDirectory);
      expect(away.status).toBe(503);
      expect(away.headers['retry-after']).toMatch(/^\d+$/);
      expect(away.body.toString()).not.toMatch(/127\.0\.0\.1|localhost|ldap/);
      const { name, password } = cluster.ready.users[0]!;
      expect((await me(name, password)).status).toBe(200);
    } finally {
      await directory.run();
    }
    expect((await me('john', 'john-password', ...inDirectory)).status).toBe(200);
  });
});

describe('rcsctl users', () => {
  async function users(input: string, ...args: string[]): Promise<CommandResult> {
    const child = startRcsctl(configuration, 'users', ...args, '--json');
    child.stdin?.end(input);
    return resultOf(child);
  }

  it('adds, grants, disables, enables and removes; the gateway knows at once', async () => {
    const { contactCenter } = cluster.ready;
    const added = await users('emma has a secret', 'add', 'emmy', '--contact-center', contactCenter, '--role', 'agent');
    expect(added.stderr).toBe('');
    expect(JSON.parse(added.stdout)).toMatchObject({ userName: 'emmy', roles: ['agent'], source: 'local' });
    expect(added.stdout).not.toContain('argon2');
    expect((await me('emmy', 'emma has a secret')).status).toBe(200);

    await users('', 'grant', 'emmy', '--role', 'supervisor', '--access-group', '/sales', '/support');
    expect(json(await me('emmy', 'emma has a secret'))).toMatchObject({ user: { roles: ['supervisor'] } });
    await users('another secret\n', 'set-password', 'emmy');
    expect((await me('emmy', 'emma has a secret')).status).toBe(401);
    expect((await me('emmy', 'another secret')).status).toBe(200);

    await users('', 'disable', 'emmy');
    expect((await me('emmy', 'another secret')).status).toBe(401);
    await users('', 'enable', 'emmy');
    expect((await me('emmy', 'another secret')).status).toBe(200);
    expect(JSON.parse((await users('', 'show', 'emmy')).stdout)).toMatchObject({
      accessGroups: ['/sales', '/support'],
    });
    expect((JSON.parse((await users('', 'list')).stdout) as { userName: string }[]).map(u => u.userName)).toContain(
      'emmy',
    );
    await users('', 'remove', 'emmy');
    expect((await me('emmy', 'another secret')).status).toBe(401);
    expect(await users('', 'show', 'emmy')).toMatchObject({ status: 1 });
  });

  it('says what is wrong', async () => {
    const { contactCenter } = cluster.ready;
    const weak = await users('short', 'add', 'weak', '--contact-center', contactCenter, '--role', 'agent');
    expect(weak).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('12 to 256') as string });
    const nowhere = await users('long enough, really', 'add', 'lost', '--contact-center', 'no', '--role', 'agent');
    expect(nowhere).toMatchObject({ status: 1, stderr: expect.stringContaining('contactCenter') as string });
  });
});

describe('the API of users', () => {
  const api = (name: string, password: string, method: string, path: string, body?: object): Promise<CurlAnswer> =>
    as(
      name,
      password,
      ...['--request', method],
      ...(body === undefined ? [] : ['--header', 'Content-Type: application/json', '--data', JSON.stringify(body)]),
      `${cluster.ready.gateway}/rcs/${path}`,
    );
  const admin = (method: string, path: string, body?: object): Promise<CurlAnswer> => {
    const { name, password } = cluster.ready.users[0]!;
    return api(name, password, method, path, body);
  };
  const password = 'open sesame, please';

  it('lets an administrator add, change and remove users of the contact center', async () => {
    const added = await admin('POST', 'users', { userName: 'mary', password, roles: ['agent'], agentIds: ['17'] });
    expect(added.status).toBe(201);
    expect(added.headers['location']).toBe('/rcs/users/mary');
    expect(json(added)).toMatchObject({ userName: 'mary', contactCenter: cluster.ready.contactCenter });
    expect(added.body.toString()).not.toMatch(/argon2|sesame/);
    expect((await admin('POST', 'users', { userName: 'mary', password, roles: ['agent'] })).status).toBe(409);

    const changed = await admin('PATCH', 'users/mary', { roles: ['supervisor'], accessGroups: ['/sales'] });
    expect(json(changed)).toMatchObject({ roles: ['supervisor'], accessGroups: ['/sales'], agentIds: ['17'] });
    expect(json(await admin('GET', 'access-groups'))['accessGroups']).toContainEqual({
      path: '/sales',
      members: expect.arrayContaining(['mary']) as unknown,
    });
    expect((await admin('DELETE', 'users/mary')).status).toBe(204);
    const gone = await admin('GET', 'users/mary');
    expect(gone.status).toBe(404);
    expect(gone.headers['content-type']).toContain('application/problem+json');
  });

  it('lets everybody change the own password, with the current one, and nothing else', async () => {
    await admin('POST', 'users', { userName: 'nora', password, roles: ['agent'] });
    const change = { password: 'something new, surely' };
    expect((await api('nora', password, 'PUT', 'users/nora/password', change)).status).toBe(400);
    const wrong = { ...change, currentPassword: 'wrong' };
    expect((await api('nora', password, 'PUT', 'users/nora/password', wrong)).status).toBe(400);
    const right = { ...change, currentPassword: password };
    expect((await api('nora', password, 'PUT', 'users/nora/password', right)).status).toBe(204);
    expect((await me('nora', password)).status).toBe(401);
    expect((await me('nora', change.password)).status).toBe(200);
    for (const [method, path] of [
      ['GET', 'users'],
      ['GET', 'users/alice'],
      ['GET', 'access-groups'],
      ['GET', 'roles'],
      ['DELETE', 'users/nora'],
    ] as const) {
      expect((await api('nora', change.password, method, path)).status).toBe(403);
    }
    expect((await api('nora', change.password, 'PATCH', 'users/nora', { roles: ['admin'] })).status).toBe(403);
    expect((await api('nora', change.password, 'PUT', 'users/alice/password', change)).status).toBe(403);
  });

  it('leaves a sound audit behind, with every change and no password', async () => {
    const verify = ['audit', 'verify', '--store', file('data/store')];
    const verified = await rcsctl(configuration, ...verify, '--ca', cluster.ready.caFile);
    expect(verified).toMatchObject({ status: 0 });
    const store = await openSqliteStore({ directory: file('data/store'), auditWriter: 'test' });
    const changes: string[] = [];
    for await (const record of store.audit.query()) {
      expect(JSON.stringify(record)).not.toMatch(/sesame|surely|secret"|argon2/);
      if (record.event === 'user-changed') changes.push(`${record.user}: ${record.detail}`);
    }
    await store.close();
    expect(changes.filter(change => change.startsWith('alice: {"userName":"mary"'))).toHaveLength(3);
    expect(changes.some(change => change.startsWith('rcsctl:') && change.includes('"emmy"'))).toBe(true);
  });
});

describe('the keystore of the public server', () => {
  const keystore = (name: string): void => {
    const common = [
      '-keystore',
      file(name),
      '-storetype',
      'JKS',
      '-storepass',
      'storepwd',
      '-noprompt',
      '-alias',
      'jetty',
    ];
    const names = ['-dname', 'CN=localhost', '-ext', 'SAN=dns:localhost,ip:127.0.0.1'];
    execFileSync('keytool', ['-genkeypair', '-keyalg', 'RSA', '-keypass', 'storepwd', ...names, ...common], {
      stdio: 'ignore',
    });
    execFileSync('keytool', ['-exportcert', '-rfc', '-file', file(`${name}.pem`), ...common], { stdio: 'ignore' });
  };

  async function servesWith(certificate: string): Promise<void> {
    const end = Date.now() + 120_000;
    while (Date.now() < end) {
      const answer = await curl('--cacert', certificate, `${cluster.ready.gateway}/api/v2/me`);
      if (answer.status === 401) return;
      await setTimeout(200);
    }
    throw new Error(`nobody serves with ${certificate}`);
  }

  async function reloadWasRefused(): Promise<void> {
    const end = Date.now() + 120_000;
    while (Date.now() < end) {
      const metrics = await curl(`${cluster.ready.management.gateway}/metrics`);
      if (/^rcs_configuration_last_reload_successful\b.* 0$/m.test(metrics.body.toString())) return;
      await setTimeout(200);
    }
    throw new Error('the wrong password was not noticed');
  }

  const withSsl = (ssl: object): void => {
    const values = parse(readFileSync(configuration, 'utf8')) as { serverSettings: object };
    const serverSettings = { ...values.serverSettings, ssl };
    writeFileSync(configuration, stringify({ ...values, masterKeyFile: file('master-key'), serverSettings }));
  };

  it('made by keytool serves curl, its password encrypted, and is exchanged without a restart', async () => {
    const masterKey = randomBytes(32);
    writeFileSync(file('master-key'), masterKey.toString('base64'), { mode: 0o600 });
    keystore('first');
    keystore('second');
    const keyStorePassword = encryptSecret('storepwd', masterKey);
    withSsl({ keyStorePath: file('first'), keyStorePassword });
    await servesWith(file('first.pem'));
    withSsl({ keyStorePath: file('second'), keyStorePassword });
    await servesWith(file('second.pem'));

    withSsl({ keyStorePath: file('second'), keyStorePassword: encryptSecret('wrong', masterKey) });
    await reloadWasRefused();
    const { name, password } = cluster.ready.users[0]!;
    const still = await curl(
      '--cacert',
      file('second.pem'),
      '--user',
      `${name}:${password}`,
      `${cluster.ready.gateway}/api/v2/me`,
    );
    expect(still.status).toBe(200);
    caFile = file('second.pem');
    withSsl({ keyStorePath: file('second'), keyStorePassword });
  });

  it('is not asked in TLS 1.1, nor in TLS 1.2 without forward secrecy', async () => {
    const { gateway } = cluster.ready;
    const old = await curl('--insecure', '--tlsv1.0', '--tls-max', '1.1', '--ciphers', 'DEFAULT@SECLEVEL=0', gateway);
    expect(old.exitCode).toBe(35);
    const static1 = await curl('--insecure', '--tls-max', '1.2', '--ciphers', 'AES256-GCM-SHA384', gateway);
    expect(static1.exitCode).toBe(35);
    expect((await curl('--insecure', '--tls-max', '1.2', `${gateway}/api/v2/me`)).status).toBe(401);
  });
});

describe('a file that an option names and that is missing', () => {
  const start = (program: string, environment: Record<string, string>): { status: number | null; stderr: string } => {
    const tls = file('data/internal-tls');
    return spawnSync(process.execPath, [join(__dirname, '../../dist/apps', program, 'main.js')], {
      env: {
        ...process.env,
        RCS_CONFIG: configuration,
        RCS_INTERNAL_TLS__CA_FILE: join(tls, 'ca.pem'),
        RCS_INTERNAL_TLS__CERTIFICATE_FILE: join(tls, `${program}.pem`),
        RCS_INTERNAL_TLS__KEY_FILE: join(tls, `${program}.key`),
        ...environment,
      },
      encoding: 'utf8',
      timeout: 60_000,
    });
  };
  const nowhere = '/nowhere/ca.pem';
  const entry = (trust: object): string =>
    JSON.stringify([
      {
        contactCenters: ['x'],
        urls: ['ldaps://localhost'],
        personDn: 'uid={userName},dc=x',
        peopleBaseDn: 'dc=x',
        ...trust,
      },
    ]);

  it.each<readonly [string, string, Record<string, string>]>([
    [
      'configurationServers.0.configurationServerTrustedCA',
      'playback-gateway',
      { RCS_CONFIGURATION_SERVERS: entry({ configurationServerTrustedCA: nowhere }) },
    ],
    [
      'serverSettings.caCertificate',
      'playback-gateway',
      { RCS_CONFIGURATION_SERVERS: entry({}), RCS_SERVER_SETTINGS__CA_CERTIFICATE: nowhere },
    ],
    ['redis.redisTrustedCA', 'playback-gateway', { RCS_REDIS__REDIS_TRUSTED_CA: nowhere }],
    [
      'openId.openIdTrustedCA',
      'playback-gateway',
      {
        RCS_OPEN_ID: JSON.stringify({
          issuer: 'https://id.example.org',
          audience: ['a'],
          jwksUri: 'https://id.example.org/keys',
          openIdTrustedCA: nowhere,
        }),
      },
    ],
    [
      'serverSettings.ssl.keyStorePath',
      'playback-gateway',
      { RCS_SERVER_SETTINGS__SSL: JSON.stringify({ keyStorePath: nowhere }) },
    ],
    [
      'serverSettings.caCertificate',
      'playback-gateway',
      { RCS_CONFIGURATION_SERVERS: '[]', RCS_SERVER_SETTINGS__CA_CERTIFICATE: nowhere },
    ],
    [
      'mediaStorages.0.webDAVTrustedCA',
      'playback-gateway',
      { RCS_MEDIA_STORAGES: JSON.stringify([{ url: 'https://a/', webDAVTrustedCA: nowhere }]) },
    ],
    ['serverSettings.webDAVTrustedCA', 'playback-gateway', { RCS_SERVER_SETTINGS__WEB_D_A_V_TRUSTED_C_A: nowhere }],
    ['internalTls.caFile', 'playback-gateway', { RCS_INTERNAL_TLS__CA_FILE: nowhere }],
    [
      'mediaStorages.0.webDAVTrustedCA',
      'decrypt-worker',
      { RCS_MEDIA_STORAGES: JSON.stringify([{ url: 'https://a/', webDAVTrustedCA: nowhere }]) },
    ],
    [
      'serverSettings.webDAVTrustedCA',
      'decrypt-worker',
      {
        RCS_MEDIA_STORAGES: JSON.stringify([{ url: 'https://a/' }]),
        RCS_SERVER_SETTINGS__WEB_D_A_V_TRUSTED_C_A: nowhere,
      },
    ],
  ])('stops the start with one line: %s', (option, program, environment) => {
    const { status, stderr } = start(program, environment);
    const lines = stderr.trim().split('\n');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`option ${option}`);
    expect(lines[0]).toContain(nowhere);
    expect(status).toBe(78);
  });
});
