import { X509Certificate } from 'node:crypto';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { CertificateExpiryCache } from './certificate-expiry-cache.js';

jest.setTimeout(60_000);

describe(CertificateExpiryCache.name, () => {
  it('answers when a certificate ends, as often as it is asked', async () => {
    const notAfter = new Date('2031-05-06T07:08:09Z');
    const { certificatePem } = await (await InternalAuthority.create()).issue('key-vault', { notAfter });
    const der = new X509Certificate(certificatePem).raw;
    const cache = new CertificateExpiryCache();
    expect([cache.of(der), cache.of(der)]).toEqual([notAfter, notAfter]);
  });

  it('answers nothing for what is no certificate', () => {
    const cache = new CertificateExpiryCache();
    const bytes = Buffer.from('no certificate');
    expect([cache.of(bytes), cache.of(bytes)]).toEqual([undefined, undefined]);
  });
});
