import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { parseEnvelope } from '../envelope/parse-envelope.js';
import { changeRecipients } from './change-recipients.js';
import { encryptDetached } from './enveloped-data-writer.js';
import type { EncryptionRecipient } from './recipient.js';

const plaintext = randomBytes(10_000);

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  /** Of its certificate. */
  readonly serial: number;
}

describe(changeRecipients.name, () => {
  const directory = mkdtempSync(join(tmpdir(), 'rcs-recipients-'));
  const file = (name: string): string => join(directory, name);
  const keys = { old: pair(1), next: pair(2) };
  afterAll(() => rmSync(directory, { recursive: true }));

  function pair(serial: number): Pair {
    return { ...generateKeyPairSync('rsa', { modulusLength: 2048 }), serial };
  }

  const recipient = (publicKey: KeyObject, serial: number): EncryptionRecipient => ({
    // A Name with one RDN: CN=x.
    identifier: {
      type: 'issuer-and-serial-number',
      issuer: Buffer.from('300c310a30080603550403130178', 'hex'),
      serialNumber: Buffer.of(serial),
    },
    publicKey,
    keyEncryption: { scheme: 'rsaes-pkcs1-v1_5' },
  });
  const old = recipient(keys.old.publicKey, keys.old.serial);
  const next = recipient(keys.next.publicKey, keys.next.serial);
  const isOld = (identifier: EncryptionRecipient['identifier']): boolean =>
    identifier.type === 'issuer-and-serial-number' && identifier.serialNumber.equals(Buffer.of(1));

  /**
   * Opens with OpenSSL, which is told by a certificate which recipient the key is for: one that tries all takes, since
   * version 3.2, now and then what implicit rejection makes of another recipient for the session key.
   */
  function opened(envelope: Buffer, ciphertext: Buffer, { privateKey, serial }: Pair): Buffer {
    writeFileSync(file('envelope'), envelope);
    writeFileSync(file('content'), ciphertext);
    writeFileSync(file('key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const named = ['-subj', '/CN=x', '-set_serial', String(serial)];
    openssl('req', '-x509', '-key', file('key'), ...named, '-out', file('certificate'));
    const inputs = ['-in', file('envelope'), '-content', file('content'), '-inkey', file('key')];
    const recipientOfKey = ['-recip', file('certificate')];
    openssl('cms', '-decrypt', '-inform', 'DER', '-binary', ...inputs, ...recipientOfKey, '-out', file('out'));
    return readFileSync(file('out'));
  }

  function openssl(...args: readonly string[]): void {
    execFileSync('openssl', args, { stdio: 'pipe' });
  }

  /** The session key, found by its one use: OpenSSL says it. */
  function sessionKeyOf(envelope: Buffer): Buffer {
    const [first] = parseEnvelope(envelope).recipients;
    if (first === undefined) throw new Error('no recipient');
    writeFileSync(file('wrapped'), first.encryptedKey);
    writeFileSync(file('key'), keys.old.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const inputs = ['-in', file('wrapped'), '-inkey', file('key'), '-pkeyopt', 'rsa_padding_mode:pkcs1'];
    return execFileSync('openssl', ['pkeyutl', '-decrypt', ...inputs]);
  }

  async function encrypted() {
    const { envelope, ciphertext } = encryptDetached({ recipients: [old] });
    return { envelope, content: await buffer(Readable.from([plaintext]).pipe(ciphertext)) };
  }

  it('adds a recipient who opens the same content, beside the one who was there', async () => {
    const { envelope, content } = await encrypted();
    const sessionKey = sessionKeyOf(envelope);
    const changed = changeRecipients(envelope, { add: next, sessionKey, remove: () => false });
    expect(opened(changed, content, keys.old)).toEqual(plaintext);
    expect(opened(changed, content, keys.next)).toEqual(plaintext);
    expect(parseEnvelope(changed).recipients).toHaveLength(2);
  });

  it('takes the old recipient away and leaves everything else as it was', async () => {
    const { envelope, content } = await encrypted();
    const sessionKey = sessionKeyOf(envelope);
    const changed = changeRecipients(envelope, { add: next, sessionKey, remove: isOld });
    expect(opened(changed, content, keys.next)).toEqual(plaintext);
    const [before, after] = [parseEnvelope(envelope), parseEnvelope(changed)];
    expect(after.recipients.map(({ identifier }) => identifier)).toEqual([next.identifier]);
    expect({ ...after, recipients: [] }).toEqual({ ...before, recipients: [] });
  });

  it('says version 2 where a key identifier names a recipient, and 0 again when that one goes', async () => {
    const { envelope } = await encrypted();
    const sessionKey = sessionKeyOf(envelope);
    const identifier = { type: 'subject-key-identifier', keyIdentifier: Buffer.alloc(20, 7) } as const;
    const both = changeRecipients(envelope, { add: { ...next, identifier }, sessionKey, remove: () => false });
    expect(parseEnvelope(both).version).toBe(2);
    const back = changeRecipients(both, {
      add: undefined,
      sessionKey,
      remove: one => one.type === 'subject-key-identifier',
    });
    expect(back).toEqual(envelope);
  });

  it('refuses an envelope that nobody could open, and one with content', async () => {
    const { envelope } = await encrypted();
    const nobody = () =>
      changeRecipients(envelope, { add: undefined, sessionKey: Buffer.alloc(32), remove: () => true });
    expect(nobody).toThrow(/at least one recipient/);
    writeFileSync(file('plain'), plaintext);
    writeFileSync(file('key'), keys.old.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const self = ['req', '-new', '-x509', '-key', file('key'), '-subj', '/CN=x', '-out', file('certificate')];
    execFileSync('openssl', self, { stdio: 'pipe' });
    const files = ['-in', file('plain'), '-out', file('attached'), '-outform', 'DER', file('certificate')];
    execFileSync('openssl', ['cms', '-encrypt', '-binary', '-aes256', ...files], { stdio: 'pipe' });
    const attached = readFileSync(file('attached'));
    const change = () => changeRecipients(attached, { add: next, sessionKey: Buffer.alloc(32), remove: () => false });
    expect(change).toThrow();
  });
});
