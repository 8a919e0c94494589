import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { CmsError } from '../cms-error.js';
import { envelopeAtHead } from '../attached/envelope-at-head.js';
import { parseEnvelopeHead } from '../envelope/envelope-head.js';
import { parseEnvelope } from '../envelope/parse-envelope.js';
import { OpensslWorkshop, sessionKeyOf, type TestRecipient } from '../testing/openssl.js';
import { frameOfContent } from './attach-content.js';
import { encryptDetached } from './enveloped-data-writer.js';
import { encodeRecipient, type EncryptionRecipient } from './recipient.js';
import { readdressAttached, readdressDetached } from './readdress.js';

const plaintext = randomBytes(100_000);
const workshop = new OpensslWorkshop();
const input = workshop.file('plaintext', plaintext);
const former = workshop.recipient('former');
const archive = workshop.recipient('archive');
afterAll(() => workshop.close());

/** Issuer and serial number, as OpenSSL puts them into an envelope. */
function nameOf({ certificateFile }: TestRecipient): EncryptionRecipient['identifier'] {
  const file = workshop.output('cms', '-encrypt', '-binary', '-in', input, '-outform', 'DER', certificateFile);
  return envelopeAtHead(file, file.length)!.recipients[0]!.identifier;
}

function infoFor(recipient: TestRecipient, sessionKey: Buffer): Buffer {
  const { publicKey } = new X509Certificate(readFileSync(recipient.certificateFile));
  const keyEncryption = { scheme: 'rsaes-pkcs1-v1_5' } as const;
  return encodeRecipient({ identifier: nameOf(recipient), publicKey, keyEncryption }, sessionKey);
}

/** With the command of every archive that was ever made of PKCS#7. */
function opened(program: 'smime' | 'cms', file: Buffer): Buffer {
  const name = workshop.file('archived.bin', file);
  return workshop.output(program, '-decrypt', '-inform', 'DER', '-in', name, '-inkey', archive.keyFile);
}

function readdressed(file: Buffer): Buffer {
  const envelope = envelopeAtHead(file, file.length)!;
  const info = infoFor(archive, sessionKeyOf(envelope, former));
  const { head, replaced, length } = readdressAttached(file.subarray(0, 4096), file.length, info);
  const whole = Buffer.concat([head, file.subarray(replaced)]);
  expect(whole).toHaveLength(length);
  return whole;
}

const encrypt = ['-encrypt', '-binary', '-in', input, '-outform', 'DER'];

describe(readdressAttached.name, () => {
  it.each([
    ['PKCS#1 v1.5', ['-recip', former.certificateFile, '-aes-256-cbc']],
    ['OAEP', ['-aes-128-cbc', '-recip', former.certificateFile, '-keyopt', 'rsa_padding_mode:oaep']],
    ['a key identifier', ['-keyid', '-aes-256-cbc', '-recip', former.certificateFile]],
    ['segments and indefinite lengths', ['-stream', '-keyid', '-aes-256-cbc', '-recip', former.certificateFile]],
    ['segments of 3DES', ['-stream', '-des3', '-recip', former.certificateFile]],
    ['several recipients', ['-aes-256-cbc', '-recip', former.certificateFile, '-recip', archive.certificateFile]],
  ])('makes PKCS#7 for the archive alone of %s', (_, options) => {
    const file = readdressed(workshop.output('cms', ...encrypt, ...options));
    const { version, recipients, otherRecipientCount } = envelopeAtHead(file, file.length)!;
    expect([version, recipients.length, otherRecipientCount]).toEqual([0, 1, 0]);
    expect(recipients[0]).toMatchObject({
      identifier: { type: 'issuer-and-serial-number' },
      keyEncryption: { scheme: 'rsaes-pkcs1-v1_5' },
    });
    expect(opened('smime', file).equals(plaintext)).toBe(true);
  });

  it('keeps what authenticates AES-GCM, which cms opens', () => {
    const file = readdressed(workshop.output('cms', ...encrypt, '-aes-256-gcm', '-recip', former.certificateFile));
    expect(envelopeAtHead(file, file.length)).toMatchObject({ kind: 'auth-enveloped-data', version: 0 });
    expect(opened('cms', file).equals(plaintext)).toBe(true);
  });

  it('says that attributes follow where they do: then it is no PKCS#7', () => {
    const file = workshop.output('cms', ...encrypt, '-aes-256-cbc', '-recip', former.certificateFile);
    const attributed = withAttributes(file);
    const changed = readdressed(attributed);
    expect(envelopeAtHead(changed, changed.length)!.version).toBe(2);
    expect(opened('cms', changed).equals(plaintext)).toBe(true);
  });
});

/** unprotectedAttrs with one attribute, behind the content. */
function withAttributes(file: Buffer): Buffer {
  const attributes = Buffer.from('a110300e06032a030431070405686572652e', 'hex');
  const grown = Buffer.from(file);
  // All lengths around are of three bytes: 30 83, [0] 83, 30 83.
  for (const at of [0, 5 + 11, 5 + 11 + 5]) {
    expect(grown[at + 1]).toBe(0x83);
    grown.writeUIntBE(grown.readUIntBE(at + 2, 3) + attributes.length, at + 2, 3);
  }
  return Buffer.concat([grown, attributes]);
}

describe(readdressDetached.name, () => {
  it('makes a detached envelope for the archive alone, of which OpenSSL opens the joined file', async () => {
    const { publicKey } = new X509Certificate(readFileSync(former.certificateFile));
    const keyEncryption = { scheme: 'rsaes-oaep', hash: 'sha256' } as const;
    const identifier = { type: 'subject-key-identifier', keyIdentifier: Buffer.alloc(20, 1) } as const;
    const { envelope, ciphertext } = encryptDetached({ recipients: [{ identifier, publicKey, keyEncryption }] });
    ciphertext.end(plaintext);
    const content = await buffer(ciphertext);
    const info = infoFor(archive, sessionKeyOf(parseEnvelope(envelope), former));
    const changed = readdressDetached(envelope, info);
    expect(parseEnvelope(changed)).toMatchObject({ version: 0, otherRecipientCount: 0 });
    const { head, tail } = frameOfContent(changed, content.length);
    expect(opened('smime', Buffer.concat([head, content, tail])).equals(plaintext)).toBe(true);
  });

  it('keeps what authenticates AES-GCM', () => {
    const file = workshop.output('cms', ...encrypt, '-aes-256-gcm', '-recip', former.certificateFile);
    const { envelope, content } = detachedFrom(file);
    const info = infoFor(archive, sessionKeyOf(parseEnvelope(envelope), former));
    const { head, tail } = frameOfContent(readdressDetached(envelope, info), content.length);
    expect(opened('cms', Buffer.concat([head, content, tail])).equals(plaintext)).toBe(true);
  });

  it.each([
    ['JSON of another writer', Buffer.from('{"encryption_details":{}}')],
    ['nothing', Buffer.alloc(0)],
  ])('refuses %s', (_, envelope) => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const keyEncryption = { scheme: 'rsaes-pkcs1-v1_5' } as const;
    const info = encodeRecipient({ identifier: nameOf(archive), publicKey, keyEncryption }, randomBytes(32));
    expect(() => readdressDetached(envelope, info)).toThrow(CmsError);
    expect(() => readdressAttached(envelope, envelope.length, info)).toThrow(CmsError);
  });
});

/** The envelope without its content, and the content. */
function detachedFrom(file: Buffer): { readonly envelope: Buffer; readonly content: Buffer } {
  const { enclosing, header } = parseEnvelopeHead(file, file.length).content!;
  const { offset, contentOffset, end } = header;
  const taken = end! - offset;
  const envelope = Buffer.concat([file.subarray(0, offset), file.subarray(end)]);
  // All lengths around are of three bytes.
  for (const element of enclosing) {
    const at = [...envelope.keys()].find(
      index => envelope[index] === 0x83 && index + 4 + envelope.readUIntBE(index + 1, 3) === element.end,
    )!;
    envelope.writeUIntBE(envelope.readUIntBE(at + 1, 3) - taken, at + 1, 3);
  }
  return { envelope, content: file.subarray(contentOffset, end) };
}
