import { randomBytes } from 'node:crypto';
import { formatKeyBackup, parseDescription, parseKeyBackup, type KeyBackupDescription } from './key-backup-file.js';
import { encodeKeyBackupPayload } from './key-backup-payload.js';

const description: KeyBackupDescription = {
  purpose: 'RECORDING',
  contactCenter: 'cc-1',
  alias: 'a "quoted"\u2028 name: "x"',
  keyIdentifier: '00'.repeat(20),
  certificateFingerprint: '11'.repeat(32),
  subject: 'CN=Genesys\nalias: "forged"',
  expires: '2027-01-01T00:00:00.000Z',
  createdAt: '2026-01-01T00:00:00.000Z',
};
const certificate = '-----BEGIN CERTIFICATE-----\nMAAw\n-----END CERTIFICATE-----\n';

describe('backups of keys', () => {
  it('come back as they were written, whatever the names are', () => {
    const cms = randomBytes(1000);
    expect(parseKeyBackup(formatKeyBackup({ description, certificate, cms }))).toEqual({
      description,
      certificate,
      cms,
    });
  });

  it.each(['', 'alias: "x"', certificate, '-----BEGIN CMS-----\nMAAw\n-----END CMS-----\n'])(
    'are told from %j',
    text => {
      expect(() => parseKeyBackup(text)).toThrow(/no backup of a key/);
    },
  );

  it('refuse a line that is missing or no text', () => {
    const text = formatKeyBackup({ description, certificate, cms: Buffer.from('x') });
    expect(() => parseKeyBackup(text.replace(/^expires:.*$/m, ''))).toThrow('the line "expires" is missing');
    expect(() => parseKeyBackup(text.replace(/^expires:.*$/m, 'expires: "\\"'))).toThrow(
      'the line "expires" is missing',
    );
  });

  it.each([0, 1, 2, 3, 47, 48, 49, 96, 1217])('encrypt %d octets as PEM does', length => {
    const key = randomBytes(length);
    const payload = encodeKeyBackupPayload(description, certificate, key).toString();
    const lines = key.toString('base64').match(/.{1,64}/g) ?? [];
    const pem = ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', certificate].join('\n');
    expect(payload.endsWith(pem)).toBe(true);
    expect(parseDescription(payload)).toEqual(description);
  });
});
