import { certificateStatus } from './certificate-status.js';

describe(certificateStatus.name, () => {
  const certificate = { notBefore: new Date('2024-01-01T00:00:00Z'), notAfter: new Date('2025-01-01T00:00:00Z') };

  it.each([
    ['2023-12-31T23:59:59Z', 'not-yet-valid'],
    ['2024-01-01T00:00:00Z', 'valid'],
    ['2025-01-01T00:00:00Z', 'valid'],
    ['2025-01-01T00:00:01Z', 'expired'],
  ])('at %s it is %s', (now, status) => {
    expect(certificateStatus(certificate, new Date(now))).toBe(status);
  });
});
