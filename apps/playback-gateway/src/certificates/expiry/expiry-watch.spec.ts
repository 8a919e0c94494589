import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Registry } from 'prom-client';
import { parseCertificatePem } from '#certificates';
import { CertificateExpiry, createLogger } from '#platform';
import { openSqliteStore, type Store } from '#store';
import type { CertificateChangeFeed } from '../../certificate-events/certificate-change-feed.js';
import { CertificateMetrics } from '../../metrics/certificate-metrics.js';
import { ExpiryWatch } from './expiry-watch.js';

const dayMs = 86_400_000;

describe(ExpiryWatch.name, () => {
  const directory = mkdtempSync(join(tmpdir(), 'rcs-expiry-'));
  const received: { authorization: string | undefined; body: unknown }[] = [];
  const registry = new Registry();
  let hook: Server;
  let status = 200;
  let store: Store;
  let watch: ExpiryWatch;
  let end: number;

  beforeAll(async () => {
    const files = ['-keyout', join(directory, 'key'), '-out', join(directory, 'pem')];
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-noenc', '-days', '200', '-subj', '/CN=Recording'];
    execFileSync('openssl', [...request, ...files], { stdio: 'pipe' });
    hook = createServer((request_, response) => {
      void text(request_).then(body => {
        received.push({ authorization: request_.headers.authorization, body: JSON.parse(body) as unknown });
        response.writeHead(status).end();
      });
    });
    await new Promise<void>(resolve => hook.listen(0, '127.0.0.1', resolve));
    store = await openSqliteStore({ directory, auditWriter: 'gateway-1' });
    const pem = readFileSync(join(directory, 'pem'), 'utf8');
    const [{ fingerprint, keyIdentifier, notAfter }] = parseCertificatePem(pem);
    end = notAfter.getTime();
    await store.certificates.add({
      contactCenter: 'cc-1',
      alias: 'first',
      certificate: pem,
      chain: '',
      fingerprint,
      keyIdentifier: keyIdentifier.toString('hex'),
      keyFormat: 'PKCS#8',
      decryptOnly: false,
      state: 'active',
      createdAt: '2026-11-21T08:00:00.000Z',
      createdBy: 'alice',
    });
    const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
    const settings = {
      allowSelfSigned: true,
      acceptClearPrivateKeys: false,
      showCertWithUploadPrivilege: true,
      expiryWarningDays: [90, 30, 7],
      expiryWebhook: { url, authorization: 'Bearer secret', timeoutMs: 30_000 },
      unlistableSources: [],
      unknownRecipients: 'warn' as const,
      rewrapPerSecond: 500,
    };
    const feed = { announce: () => undefined, listen: () => () => true } as unknown as CertificateChangeFeed;
    const logger = createLogger('test', 'test', 'silent');
    watch = new ExpiryWatch(
      store.certificates,
      { recordingCertificates: settings },
      feed,
      logger,
      new CertificateExpiry(registry),
      new CertificateMetrics(registry),
    );
  });

  afterAll(async () => {
    await store.close();
    await new Promise(resolve => hook.close(resolve));
    rmSync(directory, { recursive: true });
  });

  const daysBeforeTheEnd = (days: number): Date => new Date(end - days * dayMs);

  it('warns once for each threshold, and says so to the webhook', async () => {
    await watch.check(daysBeforeTheEnd(91));
    expect(received).toHaveLength(0);
    await watch.check(daysBeforeTheEnd(90));
    await watch.check(daysBeforeTheEnd(60));
    expect(received).toHaveLength(1);
    expect(received[0]).toEqual({
      authorization: 'Bearer secret',
      body: expect.objectContaining({
        event: 'certificate-expiring',
        alias: 'first',
        issuedTo: 'Recording',
        daysLeft: 90,
        expires: new Date(end).toISOString(),
      }) as unknown,
    });
    await watch.check(daysBeforeTheEnd(5));
    expect(received).toHaveLength(2);
  });

  it('goes on when the webhook refuses', async () => {
    status = 500;
    const later = { ...(await store.certificates.find('cc-1', 'first'))!, alias: 'second', fingerprint: 'other' };
    await store.certificates.add({ ...later, warnedDays: 1000 });
    await watch.check(daysBeforeTheEnd(3));
    expect(received).toHaveLength(3);
    const counted = await registry.getSingleMetricAsString('rcs_expiry_webhook_calls_total');
    expect(counted).toContain('{outcome="ok"} 2');
    expect(counted).toContain('{outcome="failed"} 1');
  });

  it('shows when certificates end', async () => {
    const name = 'rcs_certificate_not_after_timestamp_seconds';
    const { values } = (await registry.getSingleMetric(name)!.get()) as {
      values: { value: number; labels: Record<string, string> }[];
    };
    expect(values).toContainEqual(
      expect.objectContaining({ value: end / 1000, labels: { use: 'recording', name: 'cc-1/first' } }),
    );
  });
});
