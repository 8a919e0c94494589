import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { stringify } from 'yaml';
import { loadConfiguration, type CassandraClusterConfiguration } from '#platform';
import { keytool } from '#test/keystores/keytool.js';
import { cassandraTls, hostOf } from './cassandra-tls.js';

const directory = mkdtempSync(join(tmpdir(), 'rcs-cassandra-tls-'));
const file = (leaf: string): string => join(directory, leaf);
afterAll(() => rmSync(directory, { recursive: true }));

/** A certificate as the guide makes it: a CN, and no other name. */
function certificate(leaf: string, bits: number, name = 'cassandra-1'): void {
  const files = ['-keyout', file(`${leaf}.key`), '-out', file(`${leaf}.pem`)];
  const request = ['req', '-x509', '-newkey', `rsa:${bits}`, '-noenc', '-days', '9', '-subj', `/CN=${name}/O=Test Ltd`];
  execFileSync('openssl', [...request, ...files], { stdio: 'ignore' });
}

function cluster(changed: object): CassandraClusterConfiguration {
  const cassandraCluster = { nodes: 'cassandra-1, cassandra-2:9042', useSSL: true, ...changed };
  writeFileSync(file('application.yaml'), stringify({ cassandraCluster }));
  return loadConfiguration(file('application.yaml'), {}).cassandraCluster as CassandraClusterConfiguration;
}

/** What a client finds that connects to an address, as the driver does. */
async function connecting(leaf: string, changed: object): Promise<string> {
  const server = createServer({
    key: readFileSync(file(`${leaf}.key`)),
    cert: readFileSync(file(`${leaf}.pem`)),
    ciphers: 'DEFAULT@SECLEVEL=1',
  });
  server.on('tlsClientError', () => undefined);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1', cassandraTls(cluster(changed)) ?? {});
  try {
    await once(socket, 'secureConnect');
    return 'connected';
  } catch (error) {
    return (error as Error).message;
  } finally {
    socket.destroy();
    server.close();
  }
}

describe(cassandraTls.name, () => {
  beforeAll(async () => {
    certificate('strong', 2048);
    certificate('weak', 1024);
    certificate('stranger', 2048, 'elsewhere');
    const parameters = ['-importcert', '-noprompt', '-storepass', 'password', '-file', file('strong.pem')];
    await keytool(...parameters, '-keystore', file('pkcs12.jks'));
    await keytool(...parameters, '-keystore', file('real.jks'), '-storetype', 'JKS');
  });

  it('is nothing where TLS is off, as in the original', () => {
    expect(cassandraTls(cluster({ useSSL: false }))).toBeUndefined();
  });

  it.each([
    ['pkcs12.jks', 'password'],
    ['real.jks', 'password'],
    ['strong.pem', undefined],
  ])('trusts a node by %s, whatever it is', async (leaf, truststorePassword) => {
    const trust = { trustStore: file(leaf), ...(truststorePassword && { truststorePassword }) };
    expect(await connecting('strong', trust)).toBe('connected');
  });

  it('takes no node under a name that is not configured', async () => {
    const trustStore = file('stranger.pem');
    expect(await connecting('stranger', { trustStore })).toMatch(
      /does not match certificate's altnames|is not cert's CN/,
    );
    expect(await connecting('stranger', { trustStore, nodes: ['elsewhere'] })).toBe('connected');
  });

  it('takes no node that nobody vouches for', async () => {
    expect(await connecting('strong', { trustStore: file('stranger.pem') })).toMatch(/self-signed|verify|issuer/);
    expect(await connecting('strong', {})).toMatch(/self-signed|verify|issuer/);
  });

  it('refuses a weak key by its name, until it is allowed', async () => {
    const trustStore = file('weak.pem');
    expect(() => cassandraTls(cluster({ trustStore }))).toThrow(
      /cassandraCluster\.trustStore: .*weak\.pem: CN=cassandra-1, O=Test Ltd has an RSA key of 1024 bits.*allowWeakKeys: true/,
    );
    expect(await connecting('weak', { trustStore, allowWeakKeys: true })).toBe('connected');
  });

  it('stops the start when the file is missing or its password wrong', () => {
    expect(() => cassandraTls(cluster({ trustStore: file('none') }))).toThrow(/cassandraCluster\.trustStore.*none/);
    const wrong = { trustStore: file('pkcs12.jks'), truststorePassword: 'wrong' };
    expect(() => cassandraTls(cluster(wrong))).toThrow(/option cassandraCluster\.trustStore/);
  });
});

describe(hostOf.name, () => {
  it.each([
    ['cassandra-1', 'cassandra-1'],
    ['cassandra-1:9042', 'cassandra-1'],
    ['10.0.0.1:9042', '10.0.0.1'],
    ['[::1]:9042', '::1'],
    ['[::1]', '::1'],
  ])('reads %s', (written, host) => {
    expect(hostOf(written)).toBe(host);
  });
});
