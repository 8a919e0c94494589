import { X509Certificate } from 'node:crypto';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { ExpiryMemory } from './expiry-memory.js';

jest.setTimeout(60_000);

describe(ExpiryMemory.name, () => {
  it('answers when a certificate ends, as often as it is asked', async () => {
    const notAfter = new Date('2031-05-06T07:08:09Z');
    const { certificatePem } = await (await InternalAuthority.create()).issue('key-vault', { notAfter });
    const der = new X509Certificate(certificatePem).raw;
    const memory = new ExpiryMemory();
    expect([memory.of(der), memory.of(der)]).toEqual([notAfter, notAfter]);
  });

  it('answers nothing for what is no certificate', () => {
    const memory = new ExpiryMemory();
    const bytes = Buffer.from('no certificate');
    expect([memory.of(bytes), memory.of(bytes)]).toEqual([undefined, undefined]);
  });
});
