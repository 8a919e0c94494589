import { execFileSync } from 'node:child_process';
import { CertificateError, parseCertificatePem } from '#certificates';
import { namesUnder, summariesOf, summaryOf, summaryOfPem } from './certificate-summary.js';
import { recipientNamesOf } from './recipient-names.js';

const make = (name: string): string => {
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-noenc', '-keyout', '/dev/null', '-days', '30'];
  const made = execFileSync('openssl', [...request, '-subj', `/CN=${name}`], { stdio: 'pipe', timeout: 60_000 });
  return made.toString();
};

describe(summaryOf.name, () => {
  const certificates = ['first', 'second'].map(make);
  const fingerprintOf = (pem: string): string => parseCertificatePem(pem)[0].fingerprint;
  const textOf = (pem: string) => ({ certificate: pem, fingerprint: fingerprintOf(pem) });

  it('says what the certificate says, the same object each time, and all its names', () => {
    const [pem = ''] = certificates;
    const [certificate] = parseCertificatePem(pem);
    const summary = summaryOf(textOf(pem));
    expect(summary).toMatchObject({
      issuedTo: 'first',
      serialNumber: certificate.serialNumber,
      notAfter: certificate.notAfter,
    });
    expect(summaryOf(textOf(pem))).toBe(summary);
    expect(summaryOfPem(pem)).toEqual(summary);
    expect(namesUnder(summary, 'alias').sort()).toEqual(recipientNamesOf(certificate, 'alias').sort());
  });

  it('reads one that came in its chain alone', () => {
    const [pem = ''] = certificates;
    expect(summaryOf({ certificate: '', chain: pem, fingerprint: fingerprintOf(pem) }).issuedTo).toBe('first');
  });

  it('keeps nothing under the fingerprint of another', () => {
    const [, second = ''] = certificates;
    const third = make('third');
    expect(summaryOf({ certificate: third, fingerprint: fingerprintOf(second) }).issuedTo).toBe('third');
    expect(summaryOf(textOf(second)).issuedTo).toBe('second');
  });

  it('reads many in their order, and names what is no certificate', async () => {
    const many = Array.from({ length: 300 }, (_, index) => textOf(certificates[index % 2] ?? ''));
    const names = (await summariesOf(many)).map(({ issuedTo }) => issuedTo);
    expect(names).toEqual(many.map((_, index) => ['first', 'second'][index % 2]));
    await expect(summariesOf([{ certificate: 'none', fingerprint: 'x' }])).rejects.toThrow(CertificateError);
  });
});
