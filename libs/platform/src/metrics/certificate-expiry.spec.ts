import { Registry } from 'prom-client';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { CertificateExpiry } from './certificate-expiry.js';

jest.setTimeout(60_000);

const name = 'rcs_certificate_not_after_timestamp_seconds';

describe(CertificateExpiry.name, () => {
  let registry: Registry;
  let expiry: CertificateExpiry;
  beforeEach(() => {
    registry = new Registry();
    expiry = new CertificateExpiry(registry);
  });

  const lines = async () => (await registry.metrics()).split('\n').filter(line => line.startsWith(name));

  it('shows when a certificate ends, and follows an exchange at once', async () => {
    const authority = await InternalAuthority.create();
    const notAfter = new Date(Math.floor(Date.now() / 1000) * 1000 + 86_400_000);
    let { certificatePem } = await authority.issue('key-vault', { notAfter });
    expiry.watchPem('internal', () => certificatePem);
    expect(await lines()).toEqual([`${name}{use="internal",name="key-vault"} ${notAfter.getTime() / 1000}`]);

    const later = new Date(notAfter.getTime() + 1000);
    ({ certificatePem } = await authority.issue('key-vault', { notAfter: later }));
    expect(await lines()).toEqual([`${name}{use="internal",name="key-vault"} ${later.getTime() / 1000}`]);
  });

  it('shows the first to end of several with one name', async () => {
    expiry.watch(() => [
      { use: 'recording', name: 'cc/alias', notAfter: new Date(2_000_000) },
      { use: 'recording', name: 'cc/alias', notAfter: new Date(1_000_000) },
      { use: 'recording', name: 'cc/alias', notAfter: new Date(3_000_000) },
    ]);
    expect(await lines()).toEqual([`${name}{use="recording",name="cc/alias"} 1000`]);
  });

  it('forgets a certificate that is gone', async () => {
    let certificates = [{ use: 'recording' as const, name: 'cc/alias', notAfter: new Date(1000) }];
    expiry.watch(() => certificates);
    expect(await lines()).toHaveLength(1);
    certificates = [];
    expect(await lines()).toEqual([]);
  });
});
