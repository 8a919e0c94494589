import { execFileSync } from 'node:child_process';
import { hash, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InternalAuthority } from '#test/authority/internal-authority.js';
import { signManifest } from './sign-manifest.js';
import { SignatureRefused, verifyManifest } from './verify-manifest.js';

const manifest = Buffer.from('{"format":"rcs-archive-manifest/1"}\n');
const digest = Buffer.from(hash('sha256', manifest, 'hex'), 'hex');

describe('the signature of a manifest', () => {
  const directory = mkdtempSync(join(tmpdir(), 'rcs-manifest-'));
  let authority: InternalAuthority;
  let signature: Buffer;
  let authorities: X509Certificate[];
  beforeAll(async () => {
    authority = await InternalAuthority.create();
    const vault = await authority.issue('key-vault');
    signature = signManifest(digest, vault, new Date());
    authorities = [new X509Certificate(authority.caPem)];
    for (const [name, bytes] of Object.entries({
      'manifest.json': manifest,
      'manifest.json.p7s': signature,
      CA: authority.caPem,
    }))
      writeFileSync(join(directory, name), bytes);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const openssl = (content: string): string =>
    execFileSync(
      'sh',
      [
        '-c',
        `openssl cms -verify -binary -inform DER -in manifest.json.p7s -content ${content} -CAfile CA -purpose any -out /dev/null 2>&1`,
      ],
      { cwd: directory, encoding: 'utf8' },
    );

  it('is one that OpenSSL verifies, with the content and with no other', () => {
    expect(openssl('manifest.json')).toMatch(/Verification successful/i);
    writeFileSync(join(directory, 'other'), `${manifest.toString()} `);
    expect(() => openssl('other')).toThrow();
  });

  it('says who signed, and when', () => {
    const { signer, signedAt } = verifyManifest(manifest, signature, authorities);
    expect(signer.subjectAltName).toContain('key-vault');
    expect(Math.abs(signedAt.getTime() - Date.now())).toBeLessThan(60_000);
  });

  it('is refused in every bit that was changed', () => {
    for (let at = 0; at < signature.length; at += 3) {
      const changed = Buffer.from(signature);
      changed[at]! ^= 0x10;
      expect(() => verifyManifest(manifest, changed, authorities)).toThrow(SignatureRefused);
    }
    expect(() => verifyManifest(manifest, signature.subarray(0, -1), authorities)).toThrow();
    expect(() => verifyManifest(Buffer.from('{}'), signature, authorities)).toThrow('another manifest');
  });

  it('is refused of another authority, and of a time at which the certificate was not valid', async () => {
    const stranger = await InternalAuthority.create();
    expect(() => verifyManifest(manifest, signature, [new X509Certificate(stranger.caPem)])).toThrow(
      'none of the authorities',
    );
    const vault = await authority.issue('key-vault');
    const early = signManifest(digest, vault, new Date('2001-01-01T00:00:00Z'));
    expect(() => verifyManifest(manifest, early, authorities)).toThrow('not valid when');
  });

  it('is refused where the same key signed something that is no manifest', async () => {
    const vault = await authority.issue('key-vault');
    writeFileSync(join(directory, 'vault.pem'), vault.certificatePem);
    writeFileSync(join(directory, 'vault.key'), vault.keyPem);
    const args = ['-signer', 'vault.pem', '-inkey', 'vault.key', '-in', 'manifest.json', '-outform', 'DER', '-binary'];
    const other = execFileSync('openssl', ['cms', '-sign', ...args], { cwd: directory, stdio: 'pipe' });
    expect(() => verifyManifest(manifest, other, authorities)).toThrow('something else than a manifest');
  });
});
