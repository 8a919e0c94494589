import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openssl } from '../../e2e/external-tools.js';
import { Random } from '../world/random.js';
import { KeyPairs } from './key-pairs.js';
import { makeCertificate } from './made-certificate.js';
import { seal, type Layout } from './sealed-media.js';
import { waveFile } from './wave.js';

/** What the properties encrypt with is no part of the server: openssl vouches for it. */
describe('media that the properties make', () => {
  const work = mkdtempSync(join(tmpdir(), 'rcs-sealed-'));
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  it.each<[Layout, 'issuer-and-serial' | 'key-identifier']>([
    ['attached', 'issuer-and-serial'],
    ['attached', 'key-identifier'],
    ['attached-stream', 'issuer-and-serial'],
    ['attached-stream', 'key-identifier'],
  ])('%s, named by %s, is opened by openssl', async (layout, by) => {
    const pairs = await KeyPairs.make(3);
    const [ours, another] = [0, 1].map(number => makeCertificate({ pair: pairs.take(), name: `maker ${number}` }));
    const plaintext = waveFile(new Random(1), 9001);
    const recipients = [another!, ours!].map(certificate => ({ certificate, by }));
    const file = (name: string): string => join(work, name);
    writeFileSync(file('stored'), seal(plaintext, layout, recipients).stored);
    writeFileSync(file('pem'), ours!.pem);
    writeFileSync(file('key'), ours!.pair.privateKey.export({ format: 'pem', type: 'pkcs8' }));
    const input = ['-inform', 'DER', '-in', file('stored'), '-recip', file('pem'), '-inkey', file('key')];
    await openssl('cms', '-decrypt', '-binary', ...input, '-out', file('out'));
    expect(readFileSync(file('out')).equals(plaintext)).toBe(true);
    await openssl('verify', '-CAfile', file('pem'), file('pem'));
  });
});
