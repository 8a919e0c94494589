import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AuditCheckpointSigner, CertificateTrust, readAuditCheckpointNote, type AuditCheckpointNote } from '#grants';
import type { InternalIdentity } from '#platform';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { RsyslogServer } from '#test/syslog/rsyslog-server.js';
import { SyslogSink } from '../../apps/playback-gateway/src/audit/checkpoints/syslog-sink.js';

jest.setTimeout(180_000);

/** A head of each writer has some 250 bytes: more than the 8 KiB that syslog servers take unless told. */
const writers = 100;

describe(SyslogSink.name, () => {
  const work = mkdtempSync(join(tmpdir(), 'rcs-syslog-'));
  let authority: InternalAuthority;
  let gateway: InternalIdentity;
  let server: RsyslogServer;
  let strict: RsyslogServer;
  const sinks: SyslogSink[] = [];

  beforeAll(async () => {
    authority = await InternalAuthority.create();
    gateway = await authority.issue('playback-gateway');
    const identity = await authority.issue('key-vault');
    server = await RsyslogServer.start(join(work, 'open'), identity, { asksForCertificate: false });
    strict = await RsyslogServer.start(join(work, 'strict'), identity, { asksForCertificate: true });
  });
  afterAll(async () => {
    await Promise.all([server?.end(), strict?.end()]);
    rmSync(work, { recursive: true, force: true });
  });
  afterEach(async () => {
    await Promise.all(sinks.splice(0).map(sink => sink.close()));
  });

  function sink(to: RsyslogServer, tls: object = {}): SyslogSink {
    const trust = { rejectUnauthorized: true, ca: [authority.caPem.toString()] };
    const made = new SyslogSink({ host: 'localhost', port: to.port, tls: { ...trust, ...tls } });
    sinks.push(made);
    return made;
  }

  const checkpoint = (number: number): AuditCheckpointNote =>
    new AuditCheckpointSigner(gateway).sign({
      writer: 'gateway-1',
      size: 1,
      root: '0'.repeat(64),
      number,
      state: 'running',
      time: new Date().toISOString(),
      next: new Date().toISOString(),
      writers,
      headsDigest: '0'.repeat(64),
      heads: Array.from({ length: writers }, (_, index) => ({
        writer: `writer-${index}`,
        size: 1,
        hash: '1'.repeat(64),
        root: '2'.repeat(64),
      })),
    });

  const numbersAt = (at: RsyslogServer): number[] =>
    at.lines.map(line => Number(/checkpoint@32473 number="(\d+)"/.exec(line)?.[1]));

  async function arrived(at: RsyslogServer, number: number): Promise<void> {
    for (let tries = 0; tries < 1200 && !numbersAt(at).includes(number); tries++) await delay(50);
    expect(numbersAt(at)).toContain(number);
  }

  it('brings whole checkpoints to a syslog server, in a form that can be read again', async () => {
    const note = checkpoint(1);
    await sink(server).keep(note);
    await arrived(server, 1);
    const line = server.lines.find(text => text.includes('number="1"')) ?? '';
    expect(line).toContain(` recording-crypto-server ${process.pid} audit-checkpoint [checkpoint@32473 `);
    const { checkpoint: text } = JSON.parse(line.slice(line.indexOf('{'))) as { checkpoint: string };
    const trust = new CertificateTrust(authority.caPem);
    expect(readAuditCheckpointNote(text, trust)).toMatchObject({ digest: note.digest });
  });

  it('brings nothing to a server of another authority, or of another name', async () => {
    const stranger = (await InternalAuthority.create()).caPem.toString();
    await expect(sink(server, { ca: [stranger] }).keep(checkpoint(2))).rejects.toThrow(/certificate/);
    const elsewhere = { servername: 'syslog.example.com' };
    await expect(sink(server, elsewhere).keep(checkpoint(2))).rejects.toThrow(/certificate/);
    expect(numbersAt(server)).not.toContain(2);
  });

  it('shows its certificate where the server asks for one', async () => {
    const { certificatePem, keyPem } = gateway;
    await sink(strict, { cert: certificatePem, key: keyPem }).keep(checkpoint(3));
    await arrived(strict, 3);
  });

  it('goes on when the server comes back, and brings again what may have been lost', async () => {
    const reconnecting = sink(server);
    await reconnecting.keep(checkpoint(4));
    await arrived(server, 4);
    await server.end();
    let failures = 0;
    for (let tries = 0; tries < 1200 && failures === 0; tries++) {
      await reconnecting.keep(checkpoint(5)).catch(() => (failures += 1));
      await delay(50);
    }
    expect(failures).toBe(1);
    await server.begin();
    await reconnecting.keep(checkpoint(6));
    await arrived(server, 6);
    expect(numbersAt(server).filter(number => number === 4).length).toBeGreaterThan(1);
  });
});
