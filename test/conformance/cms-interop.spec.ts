import { createPublicKey, randomInt } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  encryptAttached,
  encryptDetached,
  EncryptedMedia,
  type EncryptionRecipient,
  FileSource,
  parseEnvelope,
  readAttachedEnvelope,
  recogniseStoredFile,
  type WritableCipher,
} from '#cms';
import { countInTier } from '#test/tier.js';
import { mediaLike } from '../../libs/cms/src/testing/media-like.js';
import { decryptSessionKey, OpensslWorkshop, type TestRecipient } from '../../libs/cms/src/testing/openssl.js';

const never = new AbortController().signal;
const mebibyte = 1024 * 1024;
/** Much more than any buffer holds. */
const largeMiB = countInTier(16, 64);
const ranges = countInTier(12, 50);
const sizes = [0, 1, 15, 16, 17, 4095, 4096, 4097, mebibyte];

type Command = 'cms' | 'smime';
type Padding = keyof typeof paddingOptions;

interface Case {
  readonly command: Command;
  readonly form: 'DER' | 'streamed DER' | 'PEM' | 'SMIME' | 'streamed SMIME';
  readonly cipher: string;
  readonly recipients: number;
  readonly keyId: boolean;
  readonly padding: Padding;
}

const paddingOptions = {
  'PKCS#1 v1.5': [],
  'OAEP SHA-1': ['rsa_padding_mode:oaep'],
  'OAEP SHA-224': ['rsa_padding_mode:oaep', 'rsa_oaep_md:sha224', 'rsa_mgf1_md:sha224'],
  'OAEP SHA-256': ['rsa_padding_mode:oaep', 'rsa_oaep_md:sha256', 'rsa_mgf1_md:sha256'],
  'OAEP SHA-384': ['rsa_padding_mode:oaep', 'rsa_oaep_md:sha384', 'rsa_mgf1_md:sha384'],
  'OAEP SHA-512': ['rsa_padding_mode:oaep', 'rsa_oaep_md:sha512', 'rsa_mgf1_md:sha512'],
  'OAEP SHA-512, MGF1 SHA-1': ['rsa_padding_mode:oaep', 'rsa_oaep_md:sha512', 'rsa_mgf1_md:sha1'],
  'OAEP SHA-1, MGF1 SHA-256': ['rsa_padding_mode:oaep', 'rsa_mgf1_md:sha256'],
  'OAEP SHA-256 with a label': ['rsa_padding_mode:oaep', 'rsa_oaep_md:sha256', 'rsa_oaep_label:00ff10'],
} as const;
const formOptions: Readonly<Record<Case['form'], readonly string[]>> = {
  DER: ['-outform', 'DER'],
  'streamed DER': ['-outform', 'DER', '-stream'],
  PEM: ['-outform', 'PEM'],
  SMIME: ['-outform', 'SMIME'],
  'streamed SMIME': ['-outform', 'SMIME', '-stream'],
};
const cbcCiphers = ['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc', 'des-ede3-cbc'];
const gcmCiphers = ['aes-128-gcm', 'aes-192-gcm', 'aes-256-gcm'];
const forms = Object.keys(formOptions) as Case['form'][];
const oaepPaddings = (Object.keys(paddingOptions) as Padding[]).slice(1);

/** Every combination with PKCS#1 v1.5 and with OAEP; the kinds of OAEP take turns. */
function casesOf(command: Command): Case[] {
  let oaep = 0;
  const paddings = (): Padding[] => {
    const one = oaepPaddings[oaep++ % oaepPaddings.length];
    return command === 'smime' || one === undefined ? ['PKCS#1 v1.5'] : ['PKCS#1 v1.5', one];
  };
  return forms.flatMap(form =>
    (command === 'cms' ? [...cbcCiphers, ...gcmCiphers] : cbcCiphers).flatMap(cipher =>
      [1, 2, 3].flatMap(recipients =>
        (command === 'cms' ? [false, true] : [false]).flatMap(keyId =>
          paddings().map(padding => ({ command, form, cipher, recipients, keyId, padding })),
        ),
      ),
    ),
  );
}

describe('the CMS library and openssl', () => {
  const workshop = new OpensslWorkshop();
  const people: TestRecipient[] = [];

  beforeAll(() => {
    for (const name of ['first', 'second', 'third']) people.push(workshop.recipient(name));
  });
  afterAll(() => workshop.close());

  /** Lets openssl encrypt; the certificates come in the order first, second, third. */
  function encrypt({ command, form, cipher, recipients, keyId, padding }: Case, plaintext: Buffer): string {
    const options = ['-encrypt', '-binary', `-${cipher}`, ...formOptions[form], ...(keyId ? ['-keyid'] : [])];
    const input = ['-in', workshop.file('plaintext', plaintext), '-out', workshop.file('stored')];
    const keyOptions = paddingOptions[padding].flatMap(option => ['-keyopt', option]);
    const invited = people.slice(0, recipients);
    const certificates =
      command === 'cms'
        ? invited.flatMap(({ certificateFile }) => ['-recip', certificateFile, ...keyOptions])
        : invited.map(({ certificateFile }) => certificateFile);
    workshop.run(command, ...options, ...input, ...certificates);
    return workshop.file('stored');
  }

  async function open(path: string, source: FileSource, person: TestRecipient, position: number) {
    expect({ path, ...(await recogniseStoredFile(source, never)) }).toEqual({ path, kind: 'envelope' });
    const { envelope, envelopeBytes, contentMap } = await readAttachedEnvelope(source, never);
    expect(parseEnvelope(envelopeBytes)).toEqual(envelope);
    const sessionKey = decryptSessionKey(envelope.recipients[position]!, person.privateKey);
    const media = await EncryptedMedia.open({ source, envelope, contentMap, sessionKey, signal: never });
    return { envelope, media };
  }

  /** A SET OF is sorted by its writer: the recipient that the key opens has to be looked for. */
  async function openByAnyone(path: string, source: FileSource, recipients: number) {
    const person = people[randomInt(recipients)]!;
    for (let position = 0; position < recipients; position++) {
      try {
        return await open(path, source, person, position);
      } catch {
        continue;
      }
    }
    throw new Error(`no recipient of ${path} could open it`);
  }

  async function compare(media: EncryptedMedia, plaintext: Buffer, count: number): Promise<void> {
    expect(media.plaintextLength).toBe(plaintext.length);
    expect((await buffer(media.stream(0, plaintext.length, never))).equals(plaintext)).toBe(true);
    for (let i = 0; i < count; i++) {
      const start = randomInt(plaintext.length + 1);
      const end = start + randomInt(Math.min(200_000, plaintext.length - start) + 1);
      const range = await buffer(media.stream(start, end, never));
      expect({ start, end, same: range.equals(plaintext.subarray(start, end)) }).toEqual({ start, end, same: true });
    }
  }

  /** OpenSSL 3.0 fails when it has to stream an empty AuthEnvelopedData. */
  const canBeWritten = ({ form, cipher }: Case, size: number): boolean =>
    size > 0 || !form.startsWith('streamed') || !gcmCiphers.includes(cipher);

  async function check(one: Case, plaintext: Buffer, count = 8): Promise<void> {
    if (!canBeWritten(one, plaintext.length)) return;
    const path = encrypt(one, plaintext);
    const source = await FileSource.open(path);
    try {
      const { envelope, media } = await openByAnyone(path, source, one.recipients);
      expect(envelope.contentEncryption.algorithm).toBe(one.cipher);
      expect(envelope.recipients).toHaveLength(one.recipients);
      for (const { identifier, keyEncryption } of envelope.recipients) {
        expect(identifier.type).toBe(one.keyId ? 'subject-key-identifier' : 'issuer-and-serial-number');
        expect(keyEncryption.scheme).toBe(one.padding === 'PKCS#1 v1.5' ? 'rsaes-pkcs1-v1_5' : 'rsaes-oaep');
      }
      await compare(media, plaintext, count);
    } finally {
      await source.close();
    }
  }

  describe.each(['cms', 'smime'] as const)('openssl %s writes', command => {
    const cases = casesOf(command);

    it.each(forms)(
      '%s with every cipher, padding, identifier and number of recipients',
      async form => {
        const chosen = cases.filter(one => one.form === form);
        for (const [number, one] of chosen.entries()) {
          await check(one, mediaLike(sizes[number % (sizes.length - 1)] ?? 0), 3);
        }
      },
      300_000,
    );

    it.each(forms)(
      '%s of every size',
      async form => {
        const ciphers = new Set(cases.map(({ cipher }) => cipher));
        for (const cipher of ciphers) {
          for (const size of sizes) {
            const one = { command, form, cipher, recipients: 1, keyId: false, padding: 'PKCS#1 v1.5' } as const;
            await check(one, mediaLike(size));
          }
        }
      },
      300_000,
    );

    it.each(forms)(
      `%s of ${largeMiB} MiB`,
      async form => {
        const one = {
          command,
          form,
          cipher: 'aes-256-cbc',
          recipients: 2,
          keyId: false,
          padding: 'PKCS#1 v1.5',
        } as const;
        await check(one, mediaLike(largeMiB * mebibyte), ranges);
      },
      300_000,
    );
  });

  it(`openssl cms writes streamed GCM of ${largeMiB} MiB`, async () => {
    const common = { command: 'cms', recipients: 1, keyId: true, padding: 'OAEP SHA-256' } as const;
    await check({ ...common, form: 'streamed DER', cipher: 'aes-256-gcm' }, mediaLike(largeMiB * mebibyte), ranges);
  }, 300_000);

  it.each(oaepPaddings)('every size with %s', async padding => {
    for (const size of sizes.slice(0, -1)) {
      const one = { command: 'cms', form: 'DER', cipher: 'aes-256-cbc', recipients: 1, keyId: false, padding } as const;
      await check(one, mediaLike(size));
    }
  });

  /** Without -binary openssl writes line ends as mail has them: its own output is what counts. */
  it.each(forms)('%s of a text, as openssl itself decrypts it', async form => {
    const text = Buffer.from('one line\nanother\r\nthe last\n'.repeat(500));
    for (const command of ['cms', 'smime'] as const) {
      const files = ['-in', workshop.file('plaintext', text), '-out', workshop.file('stored')];
      const [person] = people;
      workshop.run(command, '-encrypt', '-aes256', ...formOptions[form], ...files, person!.certificateFile);
      const inform = ['-inform', formOptions[form][1]!, '-in', workshop.file('stored')];
      const key = ['-recip', person!.certificateFile, '-inkey', person!.keyFile];
      const theirs = workshop.output(command, '-decrypt', '-binary', ...inform, ...key);
      const source = await FileSource.open(workshop.file('stored'));
      const { media } = await open(workshop.file('stored'), source, person!, 0);
      await compare(media, theirs, 8);
      await source.close();
    }
  });

  describe('this library writes', () => {
    const ciphers: readonly WritableCipher[] = ['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc'];
    const schemes: readonly EncryptionRecipient['keyEncryption'][] = [
      { scheme: 'rsaes-pkcs1-v1_5' },
      { scheme: 'rsaes-oaep', hash: 'sha1' },
      { scheme: 'rsaes-oaep', hash: 'sha256' },
    ];

    /** Identifiers as openssl itself writes them. */
    async function recipients(count: number, keyId: boolean, keyEncryption: EncryptionRecipient['keyEncryption']) {
      const invited: EncryptionRecipient[] = [];
      for (const person of people.slice(0, count)) {
        const options = ['-encrypt', '-outform', 'DER', ...(keyId ? ['-keyid'] : [])];
        const input = ['-in', workshop.file('probe', Buffer.from('probe')), '-out', workshop.file('stored')];
        workshop.run('cms', ...options, ...input, person.certificateFile);
        const source = await FileSource.open(workshop.file('stored'));
        const { envelope } = await readAttachedEnvelope(source, never);
        await source.close();
        const publicKey = createPublicKey(readFileSync(person.certificateFile));
        invited.push({ identifier: envelope.recipients[0]!.identifier, publicKey, keyEncryption });
      }
      return invited;
    }

    function decrypt(command: Command, args: readonly string[], person: TestRecipient): Buffer {
      const key = ['-recip', person.certificateFile, '-inkey', person.keyFile];
      return workshop.output(command, '-decrypt', '-inform', 'DER', '-binary', ...args, ...key);
    }

    it.each(ciphers)(
      '%s, attached and detached, that openssl cms and smime open',
      async cipher => {
        for (const [number, size] of [...sizes, 5 * mebibyte].entries()) {
          const count = 1 + (number % 3);
          const keyEncryption = schemes[number % schemes.length]!;
          const keyId = number % 2 === 1;
          const invited = await recipients(count, keyId, keyEncryption);
          const person = people[randomInt(count)]!;
          const plaintext = mediaLike(size);
          for (const plaintextLength of [size, undefined]) {
            const known = plaintextLength === undefined ? {} : { plaintextLength };
            const input = Readable.from([plaintext]);
            const stored = await buffer(encryptAttached({ recipients: invited, cipher, plaintext: input, ...known }));
            const files = ['-in', workshop.file('written', stored)];
            expect(decrypt('cms', files, person).equals(plaintext)).toBe(true);
            // The smime command knows neither subject key identifiers nor OAEP.
            if (!keyId && keyEncryption.scheme === 'rsaes-pkcs1-v1_5') {
              expect(decrypt('smime', files, person).equals(plaintext)).toBe(true);
            }
          }
          const { envelope, ciphertext } = encryptDetached({ recipients: invited, cipher });
          const stored = await buffer(Readable.from([plaintext]).pipe(ciphertext));
          const files = ['-in', workshop.file('envelope', envelope), '-content', workshop.file('ciphertext', stored)];
          expect(decrypt('cms', files, person).equals(plaintext)).toBe(true);
        }
      },
      300_000,
    );

    it(`${largeMiB} MiB from a file, as DER and as BER`, async () => {
      const plaintext = mediaLike(largeMiB * mebibyte);
      const path = workshop.file('large', plaintext);
      const invited = await recipients(2, false, { scheme: 'rsaes-pkcs1-v1_5' });
      for (const plaintextLength of [statSync(path).size, undefined]) {
        const known = plaintextLength === undefined ? {} : { plaintextLength };
        const stored = await buffer(
          encryptAttached({ recipients: invited, plaintext: createReadStream(path), ...known }),
        );
        const files = ['-in', workshop.file('written', stored)];
        expect(decrypt('smime', files, people[1]!).equals(plaintext)).toBe(true);
      }
    }, 300_000);
  });
});
