import { readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { detachedContentMap } from '../attached/attached-envelope.js';
import { BufferSource } from '../byte-source/buffer-source.js';
import { EncryptedMedia } from '../decryption/encrypted-media.js';
import { parseDetachedEnvelope } from '../envelope/parse-detached-envelope.js';
import { cmsErrorFrom, cmsErrorOf } from '../testing/cms-error-matcher.js';
import { never, readRange } from '../testing/encrypted-samples.js';
import { decryptSessionKey, OpensslWorkshop } from '../testing/openssl.js';
import { parseOpentokArchive } from './opentok-archive.js';

const workshop = new OpensslWorkshop();
const us = workshop.recipient('us');

afterAll(() => workshop.close());

/** What the service does: everything by openssl. */
function archiveOf(plaintext: Buffer, head = [1, 1, 1]) {
  const [key, iv] = [randomBytes(32), randomBytes(16)];
  const password = workshop.file('password', Buffer.concat([Buffer.from(head), key, iv]));
  const wrapped = workshop.file('wrapped');
  const toUs = ['-certin', '-inkey', us.certificateFile, '-pkeyopt', 'rsa_padding_mode:oaep'];
  workshop.run('pkeyutl', '-encrypt', ...toUs, '-in', password, '-out', wrapped);
  const [input, output] = [workshop.file('archive.ts', plaintext), workshop.file('archive.ts.encrypted')];
  const secret = ['-K', key.toString('hex'), '-iv', iv.toString('hex')];
  workshop.run('enc', '-aes-256-cbc', ...secret, '-in', input, '-out', output);
  return { stored: readFileSync(output), password: readFileSync(wrapped).toString('base64') };
}

function open(json: string, stored: Buffer, password?: Buffer): Promise<EncryptedMedia> {
  const envelope = parseDetachedEnvelope(Buffer.from(json));
  const source = new BufferSource(stored);
  const sessionKey = password ?? decryptSessionKey(envelope.recipients[0]!, us.privateKey);
  return EncryptedMedia.open({
    source,
    envelope,
    contentMap: detachedContentMap(source, envelope),
    sessionKey,
    signal: never,
  });
}

describe(parseOpentokArchive.name, () => {
  it.each([1, 15, 16, 100_000])('opens an archive of %d bytes, whole and from the middle', async size => {
    const plaintext = randomBytes(size);
    const { stored, password } = archiveOf(plaintext);
    const archive = { id: 'b40ef09b', status: 'uploaded', password, certAlias: 'video' };
    for (const json of [archive, { opentok_archive: archive }].map(value => JSON.stringify(value))) {
      expect(parseOpentokArchive(json).recipients[0]?.identifier).toEqual({ type: 'key-name', keyName: 'video' });
      const media = await open(json, stored);
      expect(media.plaintextLength).toBe(size);
      expect((await readRange(media)).equals(plaintext)).toBe(true);
      const middle = Math.floor(size / 2);
      expect((await readRange(media, middle)).equals(plaintext.subarray(middle))).toBe(true);
    }
  });

  it('releases nothing by another key, of another form of password, or of a cut file', async () => {
    const { stored, password } = archiveOf(Buffer.alloc(1000, 'a'));
    const json = JSON.stringify({ password, certAlias: 'video' });
    // What a vault answers for a key that does not fit.
    expect((await cmsErrorFrom(open(json, stored, randomBytes(51)))).code).toBe('CMS_UNDECRYPTABLE');
    for (const head of [
      [2, 1, 1],
      [1, 2, 1],
      [1, 1, 2],
    ]) {
      const unknown = archiveOf(randomBytes(1000), head);
      const error = await cmsErrorFrom(open(JSON.stringify({ ...unknown, certAlias: 'video' }), unknown.stored));
      expect(error.code).toBe('CMS_UNDECRYPTABLE');
    }
    expect((await cmsErrorFrom(open(json, stored.subarray(0, 999)))).code).toBe('CMS_MALFORMED');
    expect((await cmsErrorFrom(open(json, stored.subarray(0, 992)))).code).toBe('CMS_UNDECRYPTABLE');
  });

  const good = { password: 'AAAA', certAlias: 'video' };
  it.each([
    ['no JSON', '{', 'CMS_MALFORMED'],
    ['an array', '[]', 'CMS_MALFORMED'],
    ['a text for an archive', JSON.stringify({ opentok_archive: 'b40ef09b' }), 'CMS_MALFORMED'],
    ['no password', JSON.stringify({ ...good, password: undefined }), 'CMS_MALFORMED'],
    ['an empty password', JSON.stringify({ ...good, password: '' }), 'CMS_MALFORMED'],
    ['a password that is no base64', JSON.stringify({ ...good, password: 'AAA' }), 'CMS_MALFORMED'],
    ['a password that is too long', JSON.stringify({ ...good, password: 'A'.repeat(4096) }), 'CMS_MALFORMED'],
    ['no alias', JSON.stringify({ ...good, certAlias: undefined }), 'CMS_MALFORMED'],
    ['too much', JSON.stringify({ ...good, more: 'x'.repeat(100_000) }), 'CMS_LIMIT_EXCEEDED'],
  ])('refuses %s', (_, json, code) => {
    expect(cmsErrorOf(() => parseOpentokArchive(json)).code).toBe(code);
  });
});
