import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '#platform';
import { internalAuthority } from './internal-authority.js';
import { lacking, serviceNames } from './service-names.js';

describe('the names of internal certificates', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'rcs-names-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('are reached by each name and each address', async () => {
    const names = ['key-vault.example.com', '*.rcs.svc', '10.1.2.3', '2001:db8::7', 'localhost'];
    const { services, server } = await internalAuthority(directory, names);
    for (const { certificateFile } of [services['key-vault'], server]) {
      const certificate = new X509Certificate(readFileSync(certificateFile));
      expect(certificate.checkIP('10.1.2.3')).toBe('10.1.2.3');
      expect(certificate.checkIP('2001:db8::7')).toBe('2001:db8::7');
      expect(certificate.checkHost('key-vault.example.com')).toBe('key-vault.example.com');
      expect(certificate.checkHost('worker.rcs.svc')).toBe('*.rcs.svc');
      expect(certificate.subjectAltName?.match(/DNS:localhost/g)).toHaveLength(1);
    }
  });

  it.each([
    '',
    'two words',
    'https://vault.example.com',
    'vault.example.com:7443',
    'vault..example.com',
    '-vault',
    '10.1.2.0/24',
  ])('are refused before anything is made: "%s"', async name => {
    expect(() => serviceNames([name])).toThrow(ConfigurationError);
    await expect(internalAuthority(directory, [name])).rejects.toThrow(
      `"${name}" is neither a DNS name nor an address`,
    );
    expect(() => readFileSync(join(directory, 'ca.pem'))).toThrow('ENOENT');
  });

  it('and files that were made before are told when others are wanted, or when they are gone', async () => {
    const { services, server } = await internalAuthority(directory, ['key-vault.example.com']);
    const files = [...Object.values(services), server];
    expect(lacking(files, ['key-vault.example.com', 'localhost', '127.0.0.1'])).toEqual([]);
    rmSync(services['key-vault'].keyFile);
    await internalAuthority(directory, ['vault-2.example.com']);
    expect(lacking(files, ['vault-2.example.com'])).toEqual([
      `${services['key-vault'].keyFile} is missing`,
      'certificates that are there do not name vault-2.example.com',
    ]);
  });
});
