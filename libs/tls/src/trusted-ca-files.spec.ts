import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError, configurationPage, loadConfiguration, type Configuration } from '#platform';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { checkTrustedCaFiles } from './trusted-ca-files.js';

const directory = mkdtempSync(join(tmpdir(), 'rcs-trusted-'));
const good = join(directory, 'ca.pem');
const weak = join(directory, 'weak.pem');
beforeAll(async () => {
  writeFileSync(good, (await InternalAuthority.create()).caPem);
  const request = ['req', '-x509', '-newkey', 'rsa:1024', '-noenc', '-days', '9', '-subj', '/CN=weak'];
  execFileSync('openssl', [...request, '-keyout', join(directory, 'weak.key'), '-out', weak], { stdio: 'ignore' });
});
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

/** Whether an option called allowWeakKeys stands beside it. */
const offersWeakKeys = (option: string): boolean =>
  configurationPage().includes(`| \`${option.replace(/[^.]+$/, 'allowWeakKeys')}\` |`);

/** A configuration of one option alone; `[]` is a list of one. */
const only = (option: string, value: string, beside: object = {}): Configuration =>
  option.split('.').reduceRight<unknown>((inner, name, index, names) => {
    const section = { ...(index === names.length - 1 ? beside : {}), [name]: inner };
    return name.endsWith('[]') ? { [name.slice(0, -2)]: [inner] } : section;
  }, value) as Configuration;

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

  it.each(trustOptions)('refuses a key of 1024 bits of %s by its name', option => {
    const said = problemsOf(only(option, weak, offersWeakKeys(option) ? { allowWeakKeys: false } : {}));
    const place = option.replace('[]', '.0');
    expect(said).toEqual([expect.stringContaining(`option ${place}: ${weak}: CN=weak has an RSA key of 1024 bits`)]);
    expect(said[0]?.includes('allowWeakKeys: true')).toBe(offersWeakKeys(option));
    const allowed = problemsOf(only(option, weak, { allowWeakKeys: true }));
    if (offersWeakKeys(option)) expect(allowed).toEqual([]);
  });

  it('has the option where the guides make such keys: storages, directories and the interaction receiver', () => {
    expect(trustOptions.filter(offersWeakKeys)).toEqual([
      'mediaStorages[].webDAVTrustedCA',
      'settableStorages[].webDAVTrustedCA',
      'serverSettings.webDAVTrustedCA',
      'serverSettings.speechMinerTrustedCA',
      'serverSettings.caCertificate',
      'configurationServers[].configurationServerTrustedCA',
    ]);
  });

  it('takes what serverSettings says of weak keys where a storage says nothing of its own', () => {
    const storages = `mediaStorages: [{ url: "https://dav.example", webDAVTrustedCA: ${weak} }]`;
    expect(problems(storages)).toEqual([expect.stringContaining('mediaStorages.0.allowWeakKeys: true')]);
    expect(problems(`serverSettings: { allowWeakKeys: true }\n${storages}`)).toEqual([]);
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
