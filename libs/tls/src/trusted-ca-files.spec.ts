import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError, loadConfiguration } from '#platform';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { checkTrustedCaFiles } from './trusted-ca-files.js';

const directory = mkdtempSync(join(tmpdir(), 'rcs-trusted-'));
const good = join(directory, 'ca.pem');
beforeAll(async () => writeFileSync(good, (await InternalAuthority.create()).caPem));
afterAll(() => rmSync(directory, { recursive: true }));

function problems(yaml: string): readonly string[] {
  const file = join(directory, 'application.yaml');
  writeFileSync(file, yaml);
  try {
    checkTrustedCaFiles(loadConfiguration(file, {}));
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.split('\n');
    throw error;
  }
}

describe(checkTrustedCaFiles.name, () => {
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
      'serverSettings.webDAVTrustedCA',
      'serverSettings.caCertificate',
      'mediaStorages.1.webDAVTrustedCA',
    ]);
    expect(said.every(line => line.includes(missing) || line.includes(other))).toBe(true);
  });
});
