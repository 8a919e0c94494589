import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError, configurationPage, loadConfiguration, type Configuration } from '#platform';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { checkTrustedCaFiles } from './trusted-ca-files.js';

const directory = mkdtempSync(join(tmpdir(), 'rcs-trusted-'));
const good = join(directory, 'ca.pem');
beforeAll(async () => writeFileSync(good, (await InternalAuthority.create()).caPem));
afterAll(() => rmSync(directory, { recursive: true }));

function problems(yaml: string): readonly string[] {
  const file = join(directory, 'application.yaml');
  writeFileSync(file, yaml);
  return problemsOf(loadConfiguration(file, {}));
}

function problemsOf(configuration: Configuration): readonly string[] {
  try {
    checkTrustedCaFiles(configuration);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.split('\n');
    throw error;
  }
}

/** Every option of the configuration that names authorities, as its page has them. */
const trustOptions = [...configurationPage().matchAll(/^\| `([\w.[\]]*(?:TrustedCA|caCertificate))` \|/gm)].map(
  ([, option = '']) => option,
);

/** A configuration of one option alone; `[]` is a list of one. */
const only = (option: string, value: string): Configuration =>
  option
    .split('.')
    .reduceRight<unknown>(
      (inner, name) => (name.endsWith('[]') ? { [name.slice(0, -2)]: [inner] } : { [name]: inner }),
      value,
    ) as Configuration;

describe(checkTrustedCaFiles.name, () => {
  it('finds the options to check', () => {
    expect(trustOptions.length).toBeGreaterThan(8);
    expect(trustOptions).toContain('store.postgresql.postgresqlTrustedCA');
  });

  it.each(trustOptions)('reads the file of %s', option => {
    const said = problemsOf(only(option, '/missing.pem'));
    expect(said).toEqual([expect.stringContaining(`option ${option.replace('[]', '.0')}: `)]);
    expect(said[0]).toContain('/missing.pem');
    expect(problemsOf(only(option, good))).toEqual([]);
  });

  it('opens a keystore with the password beside it', () => {
    const keystore = join(directory, 'ca.p12');
    const chain = ['-export', '-nokeys', '-in', good, '-out', keystore, '-passout', 'pass:storepwd'];
    execFileSync('openssl', ['pkcs12', ...chain]);
    const redis = (password: string): string =>
      `redis: { url: "rediss://r.example", redisTrustedCA: ${keystore}, redisJksPassword: ${password} }`;
    expect(problems(redis('storepwd'))).toEqual([]);
    expect(problems(redis('wrong'))).toEqual([expect.stringContaining('option redis.redisTrustedCA: ')]);
  });

  it('leaves out a directory that is switched off', () => {
    const server = { enabled: false, configurationServerTrustedCA: '/missing.pem' };
    expect(problemsOf({ configurationServers: [server] } as unknown as Configuration)).toEqual([]);
  });

  it('passes over files that are there, and over true and false', () => {
    expect(problems(`serverSettings: { caCertificate: ${good}, webDAVTrustedCA: false }`)).toEqual([]);
    expect(problems(`mediaStorages: [{ url: "https://dav.example", webDAVTrustedCA: ${good} }]`)).toEqual([]);
  });

  it('names every option whose file is missing or no certificate', () => {
    const missing = join(directory, 'missing.pem');
    const other = join(directory, 'other.pem');
    writeFileSync(other, 'no certificate');
    const storages = `mediaStorages: [{ url: "https://a.example" }, { url: "https://b.example", webDAVTrustedCA: ${other} }]`;
    const said = problems(`serverSettings: { caCertificate: ${missing}, webDAVTrustedCA: ${missing} }\n${storages}`);
    expect(said.map(line => /serverSettings\.\w+|mediaStorages\.\d\.\w+/.exec(line)?.[0])).toEqual([
      'mediaStorages.1.webDAVTrustedCA',
      'serverSettings.webDAVTrustedCA',
      'serverSettings.caCertificate',
    ]);
    expect(said.every(line => line.includes(missing) || line.includes(other))).toBe(true);
  });
});
