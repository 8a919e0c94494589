import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { stringify } from 'yaml';
import { configurationPage, loadConfiguration, type Configuration } from '#platform';
import { cassandraTls, outgoingTls, postgresqlTls, redisTls, rwsTls, serverTls } from '#tls';
import { mediaStorageConfigurations, settableConfigurations } from '../../apps/decrypt-worker/src/storage-options.js';
import { directoryOptions } from '../../apps/playback-gateway/src/authentication/open-directories.js';

const directory = mkdtempSync(join(tmpdir(), 'rcs-weak-keys-'));
const file = (leaf: string): string => join(directory, leaf);

/** A certificate of 1024 bits, as the first example of the guides makes them, and one as they should be. */
beforeAll(() => {
  for (const [leaf, bits] of [
    ['weak', 1024],
    ['strong', 2048],
  ] as const) {
    const request = [
      'req',
      '-x509',
      '-newkey',
      `rsa:${bits}`,
      '-noenc',
      '-days',
      '9',
      '-subj',
      `/CN=localhost/O=${leaf}`,
    ];
    const files = ['-keyout', file(`${leaf}.key`), '-out', file(`${leaf}.pem`)];
    execFileSync('openssl', [...request, '-addext', 'subjectAltName=DNS:localhost', ...files], { stdio: 'ignore' });
    writeFileSync(
      file(`${leaf}-both.pem`),
      Buffer.concat([readFileSync(file(`${leaf}.pem`)), readFileSync(file(`${leaf}.key`))]),
    );
  }
});
afterAll(() => rmSync(directory, { recursive: true }));

function configured(content: object): Configuration {
  writeFileSync(file('application.yaml'), stringify(content));
  return loadConfiguration(file('application.yaml'), {});
}

const both = (leaf: string): string => file(`${leaf}-both.pem`);
const storage = { url: 'https://dav.example/recordings' };
const directoryServer = {
  contactCenters: ['*'],
  urls: ['ldaps://ldap.example'],
  personDn: 'uid={userName},dc=example',
  peopleBaseDn: 'dc=example',
};
const rws = { url: 'https://rws.example', contactCenter: 'a', userName: 'b', password: 'c' };

/** Each option that names certificate and key of our own, and the reader that a process takes it by. */
const readers: Readonly<Record<string, (leaf: string, allow: object) => unknown>> = {
  'redis.redisKeyStorePath': leaf =>
    redisTls(configured({ redis: { url: 'rediss://a', redisKeyStorePath: both(leaf) } }).redis as never),
  'store.postgresql.postgresqlKeyStorePath': leaf => {
    const postgresql = { hosts: ['a:5432'], userName: 'a', password: 'b', postgresqlKeyStorePath: both(leaf) };
    return postgresqlTls(configured({ store: { kind: 'postgresql', postgresql } }).store?.postgresql as never);
  },
  'audit.syslog.syslogKeyStorePath': leaf =>
    outgoingTls({
      ...{ trustOption: 'audit.syslog.syslogTrustedCA', trustedCA: true },
      ...{ keyStoreOption: 'audit.syslog.syslogKeyStorePath', keyStorePath: both(leaf) },
    }),
  'mediaStorages[].webDAVKeyStorePath': (leaf, allow) => {
    const { mediaStorages, serverSettings } = configured({
      mediaStorages: [{ ...storage, webDAVKeyStorePath: both(leaf), ...allow }],
    });
    return mediaStorageConfigurations(mediaStorages, serverSettings)[0];
  },
  'settableStorages[].webDAVKeyStorePath': (leaf, allow) => {
    const { settableStorages, serverSettings } = configured({
      settableStorages: [{ ...storage, webDAVKeyStorePath: both(leaf), ...allow }],
    });
    return settableConfigurations(settableStorages, serverSettings)[0];
  },
  'recordingSources[].rwsKeyStorePath': leaf =>
    rwsTls(configured({ recordingSources: [{ ...rws, rwsKeyStorePath: both(leaf) }] }).recordingSources[0]!, 0),
  'serverSettings.ssl.keyStorePath': (leaf, allow) =>
    serverTls(configured({ serverSettings: { ssl: { keyStorePath: both(leaf), ...allow } } }).serverSettings),
  'serverSettings.ssl.certificateFile': (leaf, allow) => {
    const ssl = { certificateFile: file(`${leaf}.pem`), keyFile: file(`${leaf}.key`), ...allow };
    return serverTls(configured({ serverSettings: { ssl } }).serverSettings);
  },
  'configurationServers[].keyStorePath': (leaf, allow) => {
    const { configurationServers, serverSettings } = configured({
      configurationServers: [{ ...directoryServer, keyStorePath: both(leaf), ...allow }],
    });
    return directoryOptions(configurationServers[0]!, 0, serverSettings);
  },
};

const keyStoreOptions = [
  ...configurationPage().matchAll(/^\| `([\w.[\]]*(?:[kK]eyStorePath|ssl\.certificateFile))` \|/gm),
].map(([, option = '']) => option);
const offersWeakKeys = (option: string): boolean =>
  configurationPage().includes(`| \`${option.replace(/[^.]+$/, 'allowWeakKeys')}\` |`);

describe('a certificate of our own with a key of 1024 bits', () => {
  it('is tried at every option that names one', () => {
    expect(Object.keys(readers).sort()).toEqual([...keyStoreOptions].sort());
  });

  it.each(keyStoreOptions)('is refused by its name at %s, until it is allowed', option => {
    const read = readers[option]!;
    expect(() => read('strong', {})).not.toThrow();
    const place = option.replace('[]', '.0').replaceAll('.', '\\.');
    const advice = offersWeakKeys(option) ? '.*allowWeakKeys: true' : '2048 bits$';
    expect(() => read('weak', {})).toThrow(
      new RegExp(`option ${place}: .*O=weak has an RSA key of 1024 bits.*${advice}`),
    );
    if (offersWeakKeys(option))
      expect(read('weak', { allowWeakKeys: true })).toMatchObject({ ciphers: expect.anything() as string });
  });
});

describe('a server with a key of 1024 bits', () => {
  const trust = () => ({ webDAVTrustedCA: file('weak.pem') });

  async function connecting(options: object): Promise<string> {
    const server = createServer({
      ...{ key: readFileSync(file('weak.key')), cert: readFileSync(file('weak.pem')) },
      ciphers: 'DEFAULT@SECLEVEL=1',
    });
    server.on('tlsClientError', () => undefined);
    await once(server.listen(0, '127.0.0.1'), 'listening', { signal: AbortSignal.timeout(10_000) });
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1', {
      servername: 'localhost',
      ...options,
    });
    try {
      await once(socket, 'secureConnect', { signal: AbortSignal.timeout(10_000) });
      return 'connected';
    } catch (error) {
      return (error as Error).message;
    } finally {
      socket.destroy();
      server.close();
    }
  }

  const ofStorage = (allow: object) => {
    const { mediaStorages, serverSettings } = configured({ mediaStorages: [{ ...storage, ...trust(), ...allow }] });
    const [{ trustedCA, ciphers } = { trustedCA: true }] = mediaStorageConfigurations(mediaStorages, serverSettings);
    return { ca: typeof trustedCA === 'boolean' ? undefined : trustedCA.pem, ciphers };
  };
  const ofDirectory = (allow: object) => {
    const { configurationServers, serverSettings } = configured({
      configurationServers: [{ ...directoryServer, configurationServerTrustedCA: file('weak.pem'), ...allow }],
    });
    return directoryOptions(configurationServers[0]!, 0, serverSettings);
  };
  const ofCassandra = (allow: object) => {
    const cassandraCluster = { nodes: 'localhost', useSSL: true, trustStore: file('weak.pem'), ...allow };
    return cassandraTls(configured({ cassandraCluster }).cassandraCluster as never) as object;
  };

  it.each([
    ['a storage', ofStorage],
    ['a directory', ofDirectory],
    ['Cassandra', ofCassandra],
  ] as const)('is reached as %s where weak keys are allowed, and not else', async (_what, optionsOf) => {
    expect(() => optionsOf({})).toThrow(/O=weak has an RSA key of 1024 bits/);
    expect(await connecting(optionsOf({ allowWeakKeys: true }))).toBe('connected');
    // Not even where it is trusted.
    expect(await connecting({ ca: readFileSync(file('weak.pem')) })).toMatch(/too weak|too small/);
  });

  it('is our own where it is allowed', async () => {
    const settings = (allow: object) =>
      configured({ serverSettings: { ssl: { keyStorePath: both('weak'), ...allow } } }).serverSettings;
    const server = createServer(serverTls(settings({ allowWeakKeys: true })));
    await once(server.listen(0, '127.0.0.1'), 'listening', { signal: AbortSignal.timeout(10_000) });
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1', { rejectUnauthorized: false, ciphers: 'DEFAULT@SECLEVEL=1' });
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(10_000) });
    socket.destroy();
    server.close();
  });
});
