import { X509Certificate } from 'node:crypto';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { isDenied, parseDeniedCertificates } from './denied-certificates.js';

describe(isDenied.name, () => {
  let stolen: X509Certificate;
  let other: X509Certificate;
  beforeAll(async () => {
    const authority = await InternalAuthority.create();
    const issue = async () => new X509Certificate((await authority.issue('playback-gateway')).certificatePem);
    [stolen, other] = [await issue(), await issue()];
  });

  const verdicts = (text: string): boolean[] => {
    const denied = parseDeniedCertificates(text, 'denied');
    return [stolen, other].map(certificate => isDenied(certificate, denied));
  };

  it.each<readonly [string, () => string]>([
    ['a fingerprint as openssl prints it', () => stolen.fingerprint256],
    ['a fingerprint in small letters without colons', () => stolen.fingerprint256.replaceAll(':', '').toLowerCase()],
    ['a serial number', () => `serial:${stolen.serialNumber}\n`],
    ['a serial number with leading zeros', () => `serial: 00${stolen.serialNumber.toLowerCase()}\n`],
    ['remarks and empty lines around it', () => `# lost on Monday\r\n\r\n${stolen.fingerprint256} # gateway 3\r\n`],
  ])('finds %s', (_, text) => {
    expect(verdicts(text())).toEqual([true, false]);
  });

  it('denies nobody by a list that says so, or by none', () => {
    expect(verdicts('\n# nobody\n')).toEqual([false, false]);
    expect(isDenied(stolen, undefined)).toBe(false);
    expect(isDenied({}, parseDeniedCertificates(stolen.fingerprint256, 'denied'))).toBe(false);
  });

  it('takes no list that may be half written: it would let everybody in again', () => {
    expect(() => parseDeniedCertificates('', 'denied')).toThrow(/denied is empty/);
    expect(() => parseDeniedCertificates(`# list\nserial:${stolen.serialNumber}`, 'denied')).toThrow(
      /denied: line 2 has no line end/,
    );
  });

  it.each(['gateway-3', 'serial:', 'serial:xyz', 'ab'.repeat(20), 'ab'.repeat(33)])(
    'does not pass over %p: a certificate that was meant would stay good',
    line => {
      expect(() => parseDeniedCertificates(`# list\n${line}\n`, 'denied')).toThrow(/denied: line 2/);
    },
  );
});
