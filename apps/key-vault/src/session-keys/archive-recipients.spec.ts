import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCertificatePem } from '#certificates';
import { ArchiveRecipients } from './archive-recipients.js';

const directory = mkdtempSync(join(tmpdir(), 'rcs-archive-recipients-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** A certificate that OpenSSL made, in PEM. */
function certificate(name: string, ...options: readonly string[]): string {
  const request = ['req', '-x509', '-nodes', '-subj', `/CN=${name}`, '-keyout', '/dev/null'];
  const wanted = options.length === 0 ? ['-newkey', 'rsa:2048', '-days', '30'] : options;
  return execFileSync('openssl', [...request, ...wanted], { encoding: 'utf8', stdio: 'pipe' });
}

const file = (name: string, content: string): string => {
  writeFileSync(join(directory, name), content);
  return join(directory, name);
};
const refusedAs = (code: string): Error => expect.objectContaining({ code }) as Error;
const fingerprintOf = (pem: string): string => parseCertificatePem(pem)[0].fingerprint;

describe(ArchiveRecipients.name, () => {
  const [legal, other] = [certificate('legal'), certificate('other')];

  it.each([
    ['the file of the certificate', { certificateFiles: [file('legal.pem', legal)], fingerprints: [] }],
    ['its fingerprint', { certificateFiles: [], fingerprints: [fingerprintOf(legal)] }],
    [
      'its fingerprint as OpenSSL prints it',
      { certificateFiles: [], fingerprints: [fingerprintOf(legal).toUpperCase().match(/../g)!.join(':')] },
    ],
  ])('allows what the configuration names for the contact center, by %s', (_, named) => {
    const recipients = ArchiveRecipients.open([{ contactCenter: 'cc-1', ...named }]);
    expect(recipients.require('cc-1', legal).issuedTo).toBe('legal');
    expect(() => recipients.require('cc-2', legal)).toThrow(refusedAs('RCS_ARCHIVE_RECIPIENT_REFUSED'));
    expect(() => recipients.require('cc-1', other)).toThrow(refusedAs('RCS_ARCHIVE_RECIPIENT_REFUSED'));
  });

  it('allows nobody where nobody is named', () => {
    const recipients = ArchiveRecipients.open([]);
    expect(() => recipients.require('cc-1', legal)).toThrow(refusedAs('RCS_ARCHIVE_RECIPIENT_REFUSED'));
  });

  it('refuses a certificate before and after its time', () => {
    const fingerprints = [fingerprintOf(legal)];
    const recipients = ArchiveRecipients.open([{ contactCenter: 'cc-1', certificateFiles: [], fingerprints }]);
    for (const days of [-2, 31]) {
      const then = new Date(Date.now() + days * 86_400_000);
      expect(() => recipients.require('cc-1', legal, then)).toThrow(refusedAs('RCS_CERTIFICATE_NOT_VALID'));
    }
  });

  it.each([
    ['a short key', ['-newkey', 'rsa:1024', '-days', '30']],
    ['a key of another kind', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-days', '30']],
  ])('refuses a certificate of %s', (_, options) => {
    const recipients = ArchiveRecipients.open([]);
    expect(() => recipients.require('cc-1', certificate('bad', ...options))).toThrow(refusedAs('RCS_KEY_REFUSED'));
  });

  it('refuses what is no certificate, and a configuration that names it', () => {
    const recipients = ArchiveRecipients.open([]);
    expect(() => recipients.require('cc-1', 'nothing')).toThrow(refusedAs('RCS_KEY_REFUSED'));
    for (const [name, content] of [
      ['text.pem', 'nothing'],
      ['short.pem', certificate('short', '-newkey', 'rsa:1024', '-days', '30')],
    ] as const) {
      const settings = [{ contactCenter: 'cc-1', certificateFiles: [file(name, content)], fingerprints: [] }];
      expect(() => ArchiveRecipients.open(settings)).toThrow('keyVault.archiveRecipients.0.certificateFiles.0');
    }
    const both = [{ contactCenter: 'cc-1', certificateFiles: [file('both.pem', legal + other)], fingerprints: [] }];
    expect(() => ArchiveRecipients.open(both)).toThrow('certificate 2 of');
    const missing = [{ contactCenter: 'cc-1', certificateFiles: [join(directory, 'nowhere')], fingerprints: [] }];
    expect(() => ArchiveRecipients.open(missing)).toThrow('cannot read');
  });
});
