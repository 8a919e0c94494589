import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ConfigurationError } from './configuration-error.js';
import { loadConfiguration } from './load-configuration.js';

const tables = JSON.parse(
  readFileSync(join(__dirname, '../../../../test/fixtures/options-of-the-original.json'), 'utf8'),
) as Readonly<Record<string, readonly string[]>>;
const directory = mkdtempSync(join(tmpdir(), 'rcs-original-'));
const file = join(directory, 'application.yaml');
afterAll(() => rmSync(directory, { recursive: true }));

/** What is said of a document; nothing when it is taken. */
function problems(document: object): readonly string[] {
  writeFileSync(file, stringify(document));
  try {
    loadConfiguration(file, {});
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.message.split('\n').map(line => line.replace(`${file}: `, ''));
  }
}

/** `a.b` as a document, and at its end something that no option takes: a number for text and the other way round. */
function nested(path: string, value: unknown): Record<string, unknown> {
  return path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Record<string, unknown>;
}

const answered =
  /^option \S+ of Genesys RCS (stands in|has no meaning here:|is not supported yet:|is written|is set with)/;

/** Options that are taken as they are may want another value; nobody may be told that they are unknown. */
function expectAnswered(path: string): void {
  for (const value of ['text', 1, true]) {
    const said = problems(nested(path, value));
    for (const line of said.filter(text => text.includes('Unrecognized') || text.includes('Genesys RCS'))) {
      expect(line).toMatch(answered);
    }
  }
}

const { serverSettings = [], jetty = [], onPremiseSettings = [], cassandraCluster = [], settings = [] } = tables;
const { applicationObject = [], applicationObjectSections = [] } = tables;
const inSections = (section: string, names: readonly string[]): string[] => names.map(name => `${section}.${name}`);

describe('options of Genesys RCS and its web services', () => {
  it.each([
    ...serverSettings,
    ...inSections('serverSettings', serverSettings),
    ...inSections('jetty', jetty),
    ...inSections('serverSettings.jetty', jetty),
    ...inSections('onPremiseSettings', onPremiseSettings),
    ...inSections('serverSettings.onPremiseSettings', onPremiseSettings),
    ...inSections('cassandraCluster', cassandraCluster),
    ...applicationObject,
    ...inSections('serverSettings', applicationObject),
    ...applicationObjectSections,
    ...settings,
    ...inSections('serverSettings', settings),
  ])('%s is taken, or answered', expectAnswered);

  it('are answered all at once, beside what else is wrong', () => {
    const document = {
      enableSsl: true,
      ssl: { port: 8443, keyStorePath: 'keystore' },
      jetty: { port: 8090, requestLog: { enabled: true }, wrong: 1 },
      onPremiseSettings: { cmeHost: 'cme', tlsEnabled: true },
      crRegion: 7,
      serverSettings: {
        cassandraCluster: { useSSL: true },
        rcsTrustedCA: false,
        listen: { port: 'many' },
        unheardOf: 1,
      },
    };
    const said = problems(document);
    for (const words of [
      'option enableSsl of Genesys RCS stands in serverSettings.enableSsl here',
      'option ssl of Genesys RCS stands in serverSettings.ssl here',
      'option jetty.port of Genesys RCS stands in serverSettings.listen.port here',
      'option jetty: Unrecognized key: "wrong"',
      'option serverSettings.cassandraCluster of Genesys RCS stands in cassandraCluster at the top',
      'option serverSettings.rcsTrustedCA of Genesys RCS has no meaning here',
      'option serverSettings: Unrecognized key: "unheardOf"',
      'option serverSettings.listen.port: ',
      'option crRegion: ',
    ]) {
      expect(said.filter(line => line.startsWith(words))).toHaveLength(1);
    }
    expect(said).toHaveLength(11);
  });

  it('hide nothing else that is wrong where they stand', () => {
    const server = { contactCenters: ['*'], urls: ['ldaps://directory'], peopleBaseDn: 'dc=example', cmeHost: 'cme' };
    const said = problems({
      enableSsl: true,
      masterKeyFile: 7,
      store: { kind: 'postgresql', cassandra: true },
      configurationServers: [server],
      serverSettings: {
        rcsTrustedCA: true,
        opsClientCertificates: [{ fingerprint: 'no' }],
        opsUserPassword: 'CRYPT:x',
        sessionCookie: { secure: false, sameSite: 'None', old: 1 },
      },
    });
    for (const words of [
      'option enableSsl of Genesys RCS',
      'option masterKeyFile: ',
      'option store: Unrecognized key: "cassandra"',
      'option store.postgresql: say where',
      'option configurationServers.0: Unrecognized key: "cmeHost"',
      'option configurationServers.0.bindDn: name bindDn',
      'option serverSettings.rcsTrustedCA of Genesys RCS',
      'option serverSettings.opsUserPassword is encrypted',
    ]) {
      expect(said.filter(line => line.startsWith(words))).toHaveLength(1);
    }
  });

  it('names every CRYPT: value that cannot be read', () => {
    const said = problems({ serverSettings: { opsUserPassword: 'CRYPT:x', webDAVJksPassword: 'CRYPT:y' } });
    expect(said).toEqual([
      expect.stringContaining('option serverSettings.webDAVJksPassword is encrypted'),
      expect.stringContaining('option serverSettings.opsUserPassword is encrypted'),
    ]);
  });

  it('takes the OBF: passwords of keystores, and says when one is cut', () => {
    const ssl = { keyStorePath: 'keystore', keyStorePassword: 'OBF:1vny1zlo1x8e1vnw1vn61x8g1zlu1vn4' };
    writeFileSync(file, stringify({ serverSettings: { enableSsl: true, ssl, opsUserPassword: 'OBF:1' } }));
    const { serverSettings: read } = loadConfiguration(file, {});
    expect([read.ssl?.keyStorePassword, read.opsUserPassword]).toEqual(['storepwd', 'OBF:1']);
    const cut = { ...ssl, keyStorePassword: 'OBF:1vny1zl' };
    expect(problems({ serverSettings: { enableSsl: true, ssl: cut } })).toEqual([
      expect.stringMatching(/^option serverSettings\.ssl\.keyStorePassword: .*OBF:/),
    ]);
  });
});

describe('limits of the connections to an RWS', () => {
  it('are taken where Genesys RWS has them, in serverSettings.recordingSettings', () => {
    const names = serverSettings.filter(name => name.startsWith('recordingSettings.recordCryptoServerDecrypt'));
    expect(names).toHaveLength(3);
    expect(names.flatMap(name => problems(nested(`serverSettings.${name}`, 100)))).toEqual([]);
  });
});
