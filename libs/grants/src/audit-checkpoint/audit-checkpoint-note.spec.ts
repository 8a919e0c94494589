import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InternalIdentity } from '#platform';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { CertificateTrust } from '../certificate-trust.js';
import { StatementRefused } from '../statement/certified-token.js';
import { AuditCheckpointSigner, readAuditCheckpointNote } from './audit-checkpoint-note.js';
import { digestOfHeads, type CheckpointContent } from './checkpoint-content.js';

const head = { writer: 'playback-gateway-a+b-1', size: 3, hash: '1'.repeat(64), root: '2'.repeat(64) };
const other = { writer: 'rcsctl', size: 9, hash: '3'.repeat(64), root: '4'.repeat(64) };
const content: CheckpointContent = {
  writer: head.writer,
  size: head.size,
  root: head.root,
  number: 2,
  state: 'running',
  time: new Date().toISOString(),
  next: new Date(Date.now() + 1000).toISOString(),
  previous: '5'.repeat(64),
  writers: 2,
  headsDigest: digestOfHeads([other, head]),
  heads: [head, other],
};

describe('a checkpoint as a signed note', () => {
  let authority: InternalAuthority;
  let gateway: InternalIdentity;
  let trust: CertificateTrust;

  beforeAll(async () => {
    authority = await InternalAuthority.create();
    gateway = await authority.issue('playback-gateway');
    trust = new CertificateTrust(authority.caPem);
  });

  const signed = (by = gateway, changes: Partial<CheckpointContent> = {}) =>
    new AuditCheckpointSigner(by).sign({ ...content, ...changes });
  const expectRefused = (note: string) => expect(() => readAuditCheckpointNote(note, trust)).toThrow(StatementRefused);

  it('gives back what was signed, and the digest of its text', () => {
    const { note, digest } = signed();
    expect(readAuditCheckpointNote(note, trust)).toEqual({ content, digest, note });
    const text = note.slice(0, note.indexOf('\n\n') + 1);
    expect(digest).toBe(createHash('sha256').update(text).digest('hex'));
    const first = Object.fromEntries(Object.entries(content).filter(([name]) => name !== 'previous'));
    const firstNote = new AuditCheckpointSigner(gateway).sign(first as CheckpointContent).note;
    expect(readAuditCheckpointNote(firstNote, trust).content).toEqual(first);
  });

  it('has the three lines of tlog-checkpoint, a name without plus, and a key id of signature type 2', () => {
    const [origin, size, root] = signed().note.split('\n');
    expect([origin, size]).toEqual(['recording-crypto-server/audit/playback-gateway-a%2Bb-1', '3']);
    expect(Buffer.from(root ?? '', 'base64').toString('hex')).toBe(head.root);
    const [, name, signature] = signed().note.trimEnd().split('\n').at(-1)?.split(' ') ?? [];
    expect(name).toBe(origin);
    const spki = new X509Certificate(gateway.certificatePem).publicKey.export({ type: 'spki', format: 'der' });
    const keyId = createHash('sha256').update(spki).digest().subarray(0, 4);
    expect(Buffer.from(signature ?? '', 'base64').subarray(0, 4)).toEqual(keyId);
  });

  it('is checked by openssl', () => {
    const directory = mkdtempSync(join(tmpdir(), 'rcs-note-'));
    const at = (name: string) => join(directory, name);
    const { note } = signed();
    writeFileSync(at('text'), note.slice(0, note.indexOf('\n\n') + 1));
    const signature = Buffer.from(note.trimEnd().split(' ').at(-1) ?? '', 'base64').subarray(4);
    writeFileSync(at('signature'), signature);
    writeFileSync(at('certificate.pem'), gateway.certificatePem);
    const key = execFileSync('openssl', ['x509', '-in', at('certificate.pem'), '-noout', '-pubkey']);
    writeFileSync(at('key.pem'), key);
    const check = ['dgst', '-sha256', '-verify', at('key.pem'), '-signature', at('signature'), at('text')];
    expect(execFileSync('openssl', check, { encoding: 'utf8' })).toBe('Verified OK\n');
    rmSync(directory, { recursive: true });
  });

  it('is believed of gateways of our authority alone, whose certificate was valid then', async () => {
    expectRefused(signed(await authority.issue('decrypt-worker')).note);
    expectRefused(signed(await (await InternalAuthority.create()).issue('playback-gateway')).note);
    const early = signed(gateway, { time: '2001-01-01T00:00:00.000Z' }).note;
    expect(() => readAuditCheckpointNote(early, trust)).toThrow('its certificate was not valid at its time');
  });

  /** DER makes signatures of 70 to 72 bytes, whose base64 ends in different ways. */
  it.each(Array.from({ length: 20 }))('is refused after any change, or with the signature of another', () => {
    const { note } = signed();
    const lines = note.split('\n');
    for (const index of lines.keys()) {
      if (lines[index] === '') continue;
      expectRefused(lines.with(index, `${lines[index] ?? ''}0`).join('\n'));
      expectRefused(lines.toSpliced(index, 1).join('\n'));
    }
    expectRefused(note.replace('number 2', 'number 02'));
    expectRefused(note.replace('number 2', 'number 2\nnumber 2'));
    expectRefused(note.replace('state running', 'state running\nunknown line'));
    expectRefused(note.replace(/\u2014 \S+ .*/, signed(gateway, { number: 3 }).note.split('\n').at(-2) ?? ''));
  });

  it.each([
    '',
    '\n\n',
    'a\n\n',
    'a\n\n\u2014 b c\n',
    `${'a\n'.repeat(10)}\n\u2014 b AAAAAAAA\n`,
    'x'.repeat(5_000_000),
  ])('is not what is no note (case %#)', note => {
    expectRefused(note);
  });
});
