import { createPublicKey, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { readAttachedEnvelope } from '../attached/attached-envelope.js';
import { BufferSource } from '../byte-source/buffer-source.js';
import type { RecipientIdentifier } from '../envelope/envelope.js';
import { parseEnvelope } from '../envelope/parse-envelope.js';
import { mediaLike } from '../testing/media-like.js';
import { OpensslWorkshop, type TestRecipient } from '../testing/openssl.js';
import { encryptAttached, encryptDetached } from './enveloped-data-writer.js';
import type { EncryptionRecipient } from './recipient.js';

const never = new AbortController().signal;

describe('the writer of EnvelopedData', () => {
  const workshop = new OpensslWorkshop();
  let people: readonly TestRecipient[];

  beforeAll(() => {
    people = ['first', 'second'].map(name => workshop.recipient(name));
  });
  afterAll(() => workshop.close());

  /** The identifier openssl itself gives this recipient. */
  async function identifierOf(person: TestRecipient, ...args: readonly string[]): Promise<RecipientIdentifier> {
    const file = workshop.file('probe', Buffer.from('probe'));
    const probe = workshop.output('cms', '-encrypt', '-outform', 'DER', '-in', file, ...args, person.certificateFile);
    const { envelope } = await readAttachedEnvelope(new BufferSource(probe), never);
    return envelope.recipients[0]!.identifier;
  }

  async function recipient(
    person: TestRecipient,
    keyEncryption: EncryptionRecipient['keyEncryption'] = { scheme: 'rsaes-pkcs1-v1_5' },
    ...args: readonly string[]
  ): Promise<EncryptionRecipient> {
    const publicKey = createPublicKey(readFileSync(person.certificateFile));
    return { identifier: await identifierOf(person, ...args), publicKey, keyEncryption };
  }

  function opensslOpens(command: 'cms' | 'smime', stored: Buffer, person: TestRecipient): Buffer {
    const file = workshop.file('stored', stored);
    const key = ['-recip', person.certificateFile, '-inkey', person.keyFile];
    return workshop.output(command, '-decrypt', '-inform', 'DER', '-binary', '-in', file, ...key);
  }

  it.each([0, 1, 15, 16, 17, 100_000])('writes DER and BER of %d bytes that openssl cms and smime open', async size => {
    const plaintext = mediaLike(size);
    const recipients = await Promise.all(people.map(person => recipient(person)));
    for (const plaintextLength of [size, undefined]) {
      const known = plaintextLength === undefined ? {} : { plaintextLength };
      const stored = await buffer(encryptAttached({ recipients, plaintext: Readable.from([plaintext]), ...known }));
      for (const person of people) {
        expect(opensslOpens('cms', stored, person).equals(plaintext)).toBe(true);
        expect(opensslOpens('smime', stored, person).equals(plaintext)).toBe(true);
      }
    }
  });

  it.each(['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc'] as const)('writes %s detached', async cipher => {
    const plaintext = randomBytes(50_000);
    const [person] = people;
    const { envelope, ciphertext } = encryptDetached({ recipients: [await recipient(person!)], cipher });
    const stored = await buffer(Readable.from([plaintext]).pipe(ciphertext));
    expect(parseEnvelope(envelope).contentEncryption.algorithm).toBe(cipher);

    const files = ['-in', workshop.file('envelope', envelope), '-content', workshop.file('ciphertext', stored)];
    const key = ['-recip', person!.certificateFile, '-inkey', person!.keyFile];
    const opened = workshop.output('cms', '-decrypt', '-inform', 'DER', '-binary', ...files, ...key);
    expect(opened.equals(plaintext)).toBe(true);
  });

  it.each(['sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const)(
    'writes RSAES-OAEP with %s, by subject key identifier',
    async hash => {
      const plaintext = randomBytes(1000);
      const [person] = people;
      const one = await recipient(person!, { scheme: 'rsaes-oaep', hash, label: Buffer.from('recording') }, '-keyid');
      const stored = await buffer(encryptAttached({ recipients: [one], plaintext: Readable.from([plaintext]) }));
      expect(opensslOpens('cms', stored, person!).equals(plaintext)).toBe(true);

      const { envelope } = await readAttachedEnvelope(new BufferSource(stored), never);
      expect(envelope.version).toBe(2);
      expect(envelope.recipients[0]).toMatchObject({
        identifier: one.identifier,
        keyEncryption: { scheme: 'rsaes-oaep', hash, mgfHash: hash, label: Buffer.from('recording') },
      });
    },
  );

  it.each([
    ['longer', 99],
    ['shorter', 101],
  ])('fails when the plaintext is %s than told', async (_, plaintextLength) => {
    const recipients = [await recipient(people[0]!)];
    const plaintext = Readable.from([randomBytes(100)]);
    await expect(buffer(encryptAttached({ recipients, plaintext, plaintextLength }))).rejects.toThrow(RangeError);
    expect(plaintext.destroyed).toBe(true);
  });

  it('refuses an envelope that nobody could open', () => {
    expect(() => encryptDetached({ recipients: [] })).toThrow(RangeError);
  });
});
