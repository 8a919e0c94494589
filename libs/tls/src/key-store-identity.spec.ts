import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '#platform';
import { keyStoreIdentity, type TlsIdentity } from './key-store-identity.js';
import { outgoingTls } from './outgoing-tls.js';
import { serverTls } from './server-tls.js';
import { trustedAuthorities, type TlsTrust } from './trusted-authorities.js';

jest.setTimeout(120_000);

const work = mkdtempSync(join(tmpdir(), 'rcs-key-stores-'));
const at = (name: string): string => join(work, name);
const password = 'storepwd';

function keytool(...args: string[]): void {
  execFileSync('keytool', ['-storepass', password, '-noprompt', ...args], { cwd: work, stdio: 'ignore' });
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { cwd: work, stdio: 'ignore' });
}

const genkey = (keystore: string, storetype: string, alias: string): void =>
  keytool(
    ...['-genkeypair', '-keyalg', 'RSA', '-keystore', keystore, '-storetype', storetype, '-alias', alias],
    ...['-keypass', password, '-dname', 'CN=localhost', '-ext', 'SAN=dns:localhost,ip:127.0.0.1', '-validity', '30'],
  );

/** What a client that trusts `trust` hears from a server with this identity. */
async function talk(identity: TlsIdentity, trust: TlsTrust): Promise<number> {
  const server = createServer(identity, (_, response) => response.end());
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    return await new Promise((resolve, reject) => {
      get({ host: 'localhost', port, agent: false, ...trust }, response => {
        response.resume();
        resolve(response.statusCode ?? 0);
      }).on('error', reject);
    });
  } finally {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  }
}

beforeAll(() => {
  // As the instructions of Genesys RCS make them.
  genkey('keystore', 'JKS', 'jetty');
  genkey('keystore.p12', 'PKCS12', 'jetty');
  copyFileSync(at('keystore'), at('several'));
  genkey('several', 'JKS', 'other');
  genkey('unnamed', 'JKS', 'first');
  genkey('unnamed', 'JKS', 'second');
  keytool('-exportcert', '-rfc', '-keystore', 'keystore', '-alias', 'jetty', '-file', 'jetty.pem');
  keytool('-exportcert', '-rfc', '-keystore', 'keystore.p12', '-alias', 'jetty', '-file', 'p12.pem');
  keytool('-importcert', '-keystore', 'ca.jks', '-storetype', 'JKS', '-alias', 'ca', '-file', 'jetty.pem');
  keytool('-importcert', '-keystore', 'ca.p12', '-storetype', 'PKCS12', '-alias', 'ca', '-file', 'jetty.pem');
  openssl('pkcs12', '-in', 'keystore.p12', '-passin', `pass:${password}`, '-nodes', '-out', 'plain.pem');
  openssl(
    ...['pkcs12', '-in', 'keystore.p12', '-passin', `pass:${password}`, '-passout', `pass:${password}`],
    ...['-out', 'encrypted.pem'],
  );
});
afterAll(() => rmSync(work, { recursive: true }));

const open = (name: string, options: { password?: string | undefined; alias?: string } = { password }): TlsIdentity =>
  keyStoreIdentity({ option: 'ssl.keyStorePath', path: at(name), ...options });

describe(keyStoreIdentity.name, () => {
  it.each([
    ['a JKS of keytool', 'keystore', 'jetty.pem'],
    ['a PKCS#12 of keytool', 'keystore.p12', 'p12.pem'],
    ['a PEM file with an encrypted key', 'encrypted.pem', 'p12.pem'],
    ['a PEM file', 'plain.pem', 'p12.pem'],
  ])('serves with %s', async (_, name, certificate) => {
    const identity = open(name);
    expect(await talk(identity, { rejectUnauthorized: true, ca: [readFileSync(at(certificate), 'utf8')] })).toBe(200);
  });

  it('takes the key called jetty, or the one that is named', () => {
    const own = open('keystore').cert;
    expect(open('several').cert).toBe(own);
    expect(open('several', { password, alias: 'OTHER' }).cert).not.toBe(own);
  });

  it.each<readonly [string, string, object, RegExp]>([
    ['a missing file', 'nowhere', { password }, /cannot read .*nowhere/],
    ['a wrong password', 'keystore', { password: 'wrong' }, /password/i],
    ['a wrong password of PKCS#12', 'keystore.p12', { password: 'wrong' }, /password/i],
    ['no password', 'keystore', {}, /password/i],
    ['a wrong password of PEM', 'encrypted.pem', { password: 'wrong' }, /password/i],
    ['no password of PEM', 'encrypted.pem', {}, /password/i],
    ['several keys without a name', 'unnamed', { password }, /first, second/],
    ['an alias that is not there', 'several', { password, alias: 'third' }, /no key third, but .*jetty/],
    ['certificates alone', 'ca.jks', { password }, /no private key/],
    ['a PEM certificate alone', 'jetty.pem', {}, /no private key/],
    ['anything else', 'garbage', {}, /no JKS or PKCS#12/],
  ])('refuses %s, naming option and path, and never the password', (_, name, options, reason) => {
    writeFileSync(at('garbage'), 'garbage');
    const attempt = (): unknown => open(name, options);
    expect(attempt).toThrow(ConfigurationError);
    expect(attempt).toThrow(reason);
    expect(attempt).toThrow(`option ssl.keyStorePath: `);
    expect(attempt).toThrow(at(name));
    expect(attempt).not.toThrow(password);
  });

  it('refuses a key that belongs to another certificate', () => {
    const [key] = /-----BEGIN PRIVATE KEY-----[\s\S]+?-----END PRIVATE KEY-----/.exec(
      readFileSync(at('plain.pem'), 'utf8'),
    )!;
    writeFileSync(at('mixed.pem'), `${readFileSync(at('jetty.pem'), 'utf8')}\n${key}\n`);
    expect(() => open('mixed.pem')).toThrow('not that of the first certificate');
  });

  it('refuses PEM of which a certificate is cut off, instead of a shorter chain', () => {
    const [plain, chain] = [readFileSync(at('plain.pem'), 'utf8'), readFileSync(at('jetty.pem'), 'utf8')];
    writeFileSync(at('cut.pem'), `${plain}${chain.slice(0, 400)}`);
    const attempt = (): unknown => open('cut.pem');
    expect(attempt).toThrow(ConfigurationError);
    expect(attempt).toThrow(`option ssl.keyStorePath: certificate 2 of ${at('cut.pem')} cannot be read`);
    writeFileSync(at('cut.pem'), `${plain}${chain.trimEnd()}${chain}`);
    expect(open('cut.pem').cert.match(/BEGIN CERTIFICATE/g)).toHaveLength(3);
  });
});

describe(trustedAuthorities.name, () => {
  it.each([
    ['PEM', 'jetty.pem', undefined],
    ['JKS', 'ca.jks', password],
    ['PKCS#12', 'ca.p12', password],
  ])('trusts the authorities in a file of %s, and no others', async (_, name, given) => {
    const trust = trustedAuthorities('redis.redisTrustedCA', at(name), given);
    expect(await talk(open('keystore'), trust)).toBe(200);
    await expect(talk(open('keystore.p12'), trust)).rejects.toThrow(/self-signed|unable to verify/);
  });

  it('trusts what Node trusts, or everything, when told so', async () => {
    await expect(talk(open('keystore'), trustedAuthorities('a', true))).rejects.toThrow(/self-signed/);
    expect(await talk(open('keystore'), trustedAuthorities('a', false))).toBe(200);
  });

  it.each([
    ['missing', 'nowhere', undefined, /cannot read/],
    ['a keystore under another password', 'ca.jks', 'wrong', /password/i],
    ['no certificate', 'garbage', undefined, /PEM/],
  ])('refuses a file that is %s, naming option and path', (_, name, given, reason) => {
    writeFileSync(at('garbage'), 'garbage');
    const attempt = (): unknown => trustedAuthorities('redis.redisTrustedCA', at(name), given);
    expect(attempt).toThrow(ConfigurationError);
    expect(attempt).toThrow(reason);
    expect(attempt).toThrow('option redis.redisTrustedCA: ');
    expect(attempt).toThrow(at(name));
  });
});

describe(outgoingTls.name, () => {
  it('gives the identity to show where there is one', () => {
    const options = { trustOption: 'a', trustedCA: true, keyStoreOption: 'b' };
    expect(outgoingTls(options)).toEqual({ rejectUnauthorized: true });
    expect(outgoingTls({ ...options, keyStorePath: at('keystore'), keyStorePassword: password })).toEqual({
      rejectUnauthorized: true,
      ...open('keystore'),
    });
  });
});

describe(serverTls.name, () => {
  it('speaks TLS 1.2 and 1.3 with forward secrecy alone', async () => {
    const tls = serverTls({ ssl: { keyStorePath: at('keystore'), keyStorePassword: password, allowWeakKeys: false } });
    expect(tls.minVersion).toBe('TLSv1.2');
    const trust = trustedAuthorities('a', at('jetty.pem'));
    for (const [version, expected] of [
      [{ maxVersion: 'TLSv1.2' }, 200],
      [{ minVersion: 'TLSv1.3' }, 200],
      [{ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }, undefined],
      [{ maxVersion: 'TLSv1.2', ciphers: 'AES256-SHA' }, undefined],
      [{ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES256-SHA384' }, undefined],
    ] as const) {
      const answer = talk(tls, { ...trust, ...version });
      if (expected === undefined) await expect(answer).rejects.toThrow();
      else expect(await answer).toBe(expected);
    }
  });

  it.each<readonly [string, (own: string, chain: string) => string, string]>([
    ['empty', () => '', 'holds no PEM certificate'],
    ['cut off in the first', own => own.slice(0, 400), 'certificate 1 of'],
    ['cut off in the second', (own, chain) => `${own}${chain.slice(0, 400)}`, 'certificate 2 of'],
    ['cut off where the second begins', own => `${own}-----BEGIN CERTI`, 'certificate 2 of'],
  ])('refuses a file of certificates that is %s before a server shows it', (_, cut, reason) => {
    const [certificateFile, keyFile] = [at('server.pem'), at('server.key')];
    const [key = ''] =
      /-----BEGIN PRIVATE KEY-----[\s\S]+?-----END PRIVATE KEY-----/.exec(readFileSync(at('plain.pem'), 'utf8')) ?? [];
    writeFileSync(keyFile, key);
    const [own, chain] = [readFileSync(at('p12.pem'), 'utf8'), readFileSync(at('jetty.pem'), 'utf8')];
    const read = () => serverTls({ ssl: { certificateFile, keyFile, allowWeakKeys: false } });
    writeFileSync(certificateFile, `${own.trimEnd()}${chain}`);
    expect(read().cert.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    writeFileSync(certificateFile, cut(own, chain));
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow('option serverSettings.ssl.certificateFile: ');
    expect(read).toThrow(reason);
  });

  it('says which options are missing', () => {
    expect(() => serverTls({ ssl: undefined })).toThrow('option serverSettings.ssl is missing');
    expect(() => serverTls({ ssl: { certificateFile: at('jetty.pem'), allowWeakKeys: false } })).toThrow(
      'keyStorePath, or certificateFile',
    );
  });
});
