import { certificateState, type KeyPresence } from './certificate-status-text.js';

const certificate = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2026-12-31T00:00:00Z') };
const active = { state: 'active', decryptOnly: false } as const;

describe(certificateState.name, () => {
  const at = (now: string, stored: Parameters<typeof certificateState>[0] = active, key: KeyPresence = 'present') =>
    certificateState(stored, certificate, key, 90, new Date(now));

  it.each([
    ['2025-12-31T00:00:00Z', 'not-yet-valid', 365],
    ['2026-06-01T00:00:00Z', 'valid', 213],
    ['2026-10-02T00:00:00Z', 'expiring', 90],
    ['2026-12-30T00:00:00Z', 'expiring', 1],
    ['2027-01-01T00:00:00Z', 'expired', -1],
  ])('at %s it is %s', (now, status, daysLeft) => {
    expect(at(now)).toMatchObject({ status, daysLeft });
  });

  it('counts the days for people', () => {
    expect(at('2026-12-30T00:00:00Z').text).toBe('expires in 1 day');
    expect(at('2026-12-20T00:00:00Z').text).toBe('expires in 11 days');
  });

  it('says first what loses recordings', () => {
    expect(at('2026-06-01T00:00:00Z', active, 'missing').status).toBe('key-missing');
    expect(at('2026-06-01T00:00:00Z', active, 'unknown').status).toBe('valid');
    expect(at('2026-06-01T00:00:00Z', { state: 'active', decryptOnly: true }).status).toBe('decrypt-only');
    expect(at('2026-06-01T00:00:00Z', { state: 'deleted', decryptOnly: false }, 'missing').status).toBe('deleted');
  });
});
