import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { CertificateAuthority } from './certificate-authority.js';

describe(CertificateAuthority.name, () => {
  const validUntil = new Date(Math.floor(Date.now() / 1000) * 1000 + 86_400_000);
  const role = 'urn:recording-crypto-server:role:key-vault';
  const request = {
    commonName: 'key-vault, O=Evil',
    dnsNames: ['localhost', 'key-vault.rcs.svc'],
    ipAddresses: ['127.0.0.1', '::1'],
    uris: [role],
    validUntil,
  };
  let authority: CertificateAuthority;

  beforeAll(async () => {
    authority = await CertificateAuthority.create({ commonName: 'Internal CA', validUntil });
  });

  it('is a root that may issue certificates, but no authorities', () => {
    const root = new X509Certificate(authority.certificatePem);
    expect(root.ca).toBe(true);
    expect(root.verify(root.publicKey)).toBe(true);
    expect(root.validTo).toBe(new X509Certificate(root.raw).validTo);
    expect(new Date(root.validTo)).toEqual(validUntil);
    expect(root.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
  });

  it('issues a certificate with names, addresses, role and usages', async () => {
    const { certificatePem, privateKeyPem } = await authority.issue(request);
    const root = new X509Certificate(authority.certificatePem);
    const leaf = new X509Certificate(certificatePem);
    expect(leaf.checkIssued(root) && leaf.verify(root.publicKey)).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.subject).toBe('CN=key-vault\\, O=Evil');
    expect(leaf.subjectAltName).toBe(
      `DNS:localhost, DNS:key-vault.rcs.svc, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, URI:${role}`,
    );
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
    expect(leaf.checkPrivateKey(createPrivateKey(privateKeyPem))).toBe(true);
  });

  it('ends each file with a line end, so that an old and a new authority can be put one behind the other', async () => {
    const { certificatePem, privateKeyPem } = await authority.issue(request);
    for (const pem of [authority.certificatePem, certificatePem, privateKeyPem]) expect(pem).toMatch(/[^\n]\n$/);
  });

  it('gives every certificate its own key and serial number', async () => {
    const [first, second] = await Promise.all([authority.issue(request), authority.issue(request)]);
    const [left, right] = [new X509Certificate(first.certificatePem), new X509Certificate(second.certificatePem)];
    expect(left.serialNumber).not.toBe(right.serialNumber);
    expect(left.publicKey.equals(right.publicKey)).toBe(false);
  });

  it('makes both ends of mutual TLS 1.3 trust one another', async () => {
    const [server, client] = await Promise.all([authority.issue(request), authority.issue(request)]);
    const listener = createServer({
      cert: server.certificatePem,
      key: server.privateKeyPem,
      ca: authority.certificatePem,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.3',
    });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const accepted = once(listener, 'secureConnection') as Promise<[TLSSocket]>;
    const socket = connect({
      port: (listener.address() as AddressInfo).port,
      host: '127.0.0.1',
      cert: client.certificatePem,
      key: client.privateKeyPem,
      ca: authority.certificatePem,
    });
    const connected = once(socket, 'secureConnect');
    try {
      const [peer] = await accepted;
      expect(peer.authorized).toBe(true);
      expect(peer.getPeerCertificate().subjectaltname).toContain(`URI:${role}`);
      peer.destroy();
      await connected;
      expect(socket.authorized).toBe(true);
    } finally {
      socket.destroy();
      listener.close();
    }
  });

  it('can be kept and opened again', async () => {
    const kept = { certificatePem: authority.certificatePem, privateKeyPem: await authority.exportPrivateKeyPem() };
    const reopened = await CertificateAuthority.open(kept);
    const leaf = new X509Certificate((await reopened.issue(request)).certificatePem);
    expect(leaf.verify(new X509Certificate(authority.certificatePem).publicKey)).toBe(true);
  });

  it('refuses a certificate without names and one that outlives the authority', async () => {
    const nameless = { ...request, dnsNames: [], ipAddresses: [], uris: [] };
    await expect(authority.issue(nameless)).rejects.toThrow(RangeError);
    const late = { ...request, validUntil: new Date(validUntil.getTime() + 1000) };
    await expect(authority.issue(late)).rejects.toThrow('outlive');
  });

  it('refuses to open with the key of another authority', async () => {
    const other = await CertificateAuthority.create({ commonName: 'Other', validUntil });
    const kept = { certificatePem: authority.certificatePem, privateKeyPem: await other.exportPrivateKeyPem() };
    await expect(CertificateAuthority.open(kept)).rejects.toThrow('does not belong');
  });
});
