import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { daysBetween, recipientsOf, searchOfDay, selectionOf } from './archive-wish.js';

describe(selectionOf.name, () => {
  it.each([
    [{ recording: ['R1', 'R2'] }, { recordings: ['R1', 'R2'] }],
    [
      { from: '2026-11-01T00:00:00Z', caller: '49*' },
      { search: { startTime: '2026-11-01T00:00:00Z', callerPhoneNumber: '49*' } },
    ],
    [{ olderThanDays: 80, newerThanDays: 90 }, { age: { minimumDays: 80, maximumDays: 90 } }],
  ])('says %j as the gateway takes it', (options, request) => {
    expect(selectionOf(options)).toEqual(request);
  });

  it.each([{}, { recording: ['R1'], olderThanDays: 1 }, { from: '2026-11-01T00:00:00Z', newerThanDays: 1 }])(
    'takes %j for no answer',
    options => {
      expect(() => selectionOf(options)).toThrow('in one way');
    },
  );
});

describe(daysBetween.name, () => {
  it('has both ends, over months and the days on which clocks change', () => {
    expect(daysBetween('2026-10-24', '2026-10-26')).toEqual(['2026-10-24', '2026-10-25', '2026-10-26']);
    expect(daysBetween('2028-02-28', '2028-03-01')).toHaveLength(3);
    expect(daysBetween('2026-11-02', '2026-11-01')).toEqual([]);
    for (const day of ['2026-13-01', 'yesterday', '2026-1-1']) expect(() => daysBetween(day, day)).toThrow('is no day');
  });

  it('is whole days of UTC', () => {
    expect(searchOfDay('2026-11-30')).toEqual({
      search: { startTime: '2026-11-30T00:00:00Z', endTime: '2026-12-01T00:00:00.000Z' },
    });
  });
});

describe(recipientsOf.name, () => {
  const directory = mkdtempSync(join(tmpdir(), 'rcs-wish-'));
  const file = (name: string): string => join(directory, name);
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=legal'];
  const both = execFileSync('openssl', [...request, '-keyout', '-'], { encoding: 'utf8', stdio: 'pipe' });
  beforeAll(() => {
    writeFileSync(file('both.pem'), both);
    writeFileSync(file('text'), 'nothing');
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('sends the certificate alone, whatever else the file has', () => {
    const { recipientCertificate, ...more } = recipientsOf({ recipient: file('both.pem'), plainMedia: 'encrypt' }) as {
      recipientCertificate: string;
    };
    expect(recipientCertificate).toMatch(/^-----BEGIN CERTIFICATE-----[^]*-----END CERTIFICATE-----\s*$/);
    expect(recipientCertificate).not.toContain('PRIVATE');
    expect(more).toEqual({ plainMedia: 'encrypt' });
    expect(recipientsOf({ encryptPlainFor: 'own' })).toEqual({ encryptPlainFor: 'own' });
    expect(recipientsOf({})).toEqual({});
  });

  it.each([
    ['two recipients', { recipient: file('both.pem'), encryptPlainFor: 'own' }],
    ['a way for nobody', { plainMedia: 'encrypt' }],
    ['a file that is not there', { recipient: file('nowhere') }],
    ['a file without a certificate', { recipient: file('text') }],
  ])('refuses %s', (_, options) => {
    expect(() => recipientsOf(options)).toThrow(/--(?:recipient|plain-media)/);
  });
});
