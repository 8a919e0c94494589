import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fastify, type FastifyInstance } from 'fastify';
import { Agent, request } from 'undici';
import { CertificateAuthority } from '#certificates';
import { configurationSchema, createLogger } from '#platform';
import { clientCertificateOf } from './client-certificate.js';
import { serverOptions } from './server-options.js';

jest.setTimeout(60_000);

describe(clientCertificateOf, () => {
  const work = mkdtempSync(join(tmpdir(), 'rcs-client-certificate-'));
  const validUntil = new Date(Math.floor(Date.now() / 1000) * 1000 + 3_600_000);
  const agents: Agent[] = [];
  let authority: CertificateAuthority;
  let server: FastifyInstance;

  const issued = (commonName: string, by = authority) =>
    by.issue({ commonName, dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'], uris: [], validUntil });

  beforeAll(async () => {
    authority = await CertificateAuthority.create({ commonName: 'Public CA', validUntil });
    const { certificatePem, privateKeyPem } = await issued('gateway');
    const [certificateFile, keyFile] = [join(work, 'tls.crt'), join(work, 'tls.key')];
    writeFileSync(certificateFile, certificatePem);
    writeFileSync(keyFile, privateKeyPem);
    const { serverSettings } = configurationSchema().parse({
      serverSettings: {
        enableSsl: true,
        ssl: { certificateFile, keyFile },
        opsClientCertificates: [`AB:${'CD:'.repeat(30)}EF`],
      },
    });
    server = fastify(serverOptions(serverSettings, createLogger('test', 'test', 'silent')));
    server.get('/', incoming => ({ shown: clientCertificateOf(incoming) ?? null }));
    await server.listen({ port: 0, host: '127.0.0.1' });
  });
  afterAll(async () => {
    await Promise.all(agents.map(agent => agent.destroy()));
    await server.close();
    rmSync(work, { recursive: true });
  });

  async function shown(client: { cert?: string; key?: string } = {}): Promise<unknown> {
    const agent = new Agent({ connect: { ca: authority.certificatePem, ...client } });
    agents.push(agent);
    const { port } = server.server.address() as AddressInfo;
    const answer = await request(`https://127.0.0.1:${port}/`, { dispatcher: agent });
    return ((await answer.body.json()) as { shown: unknown }).shown;
  }

  it('is the digest of the certificate that the client proved to have, whoever vouches for it', async () => {
    const stranger = await CertificateAuthority.create({ commonName: 'Unknown CA', validUntil });
    for (const by of [authority, stranger]) {
      const { certificatePem, privateKeyPem } = await issued('recorder', by);
      const digest = new X509Certificate(certificatePem).fingerprint256.replaceAll(':', '').toLowerCase();
      expect(await shown({ cert: certificatePem, key: privateKeyPem })).toBe(digest);
    }
  });

  it('is nothing for clients without one, who come in all the same', async () => {
    expect(await shown()).toBeNull();
  });

  it('is compared with fingerprints as openssl prints them, at a server that ends TLS itself', () => {
    const settings = { opsClientCertificates: [`AB:${'CD:'.repeat(30)}EF`] };
    expect(() => configurationSchema().parse({ serverSettings: settings })).toThrow(/needs enableSsl/);
    const tls = { enableSsl: true, ssl: { certificateFile: '/a', keyFile: '/b' } };
    const { serverSettings } = configurationSchema().parse({ serverSettings: { ...settings, ...tls } });
    expect(serverSettings.opsClientCertificates).toEqual([`ab${'cd'.repeat(30)}ef`]);
  });
});
