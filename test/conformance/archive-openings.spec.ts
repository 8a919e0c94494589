import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  encryptAttached,
  encryptDetached,
  frameOfContent,
  parseEnvelope,
  type EncryptionRecipient,
  type Envelope,
} from '#cms';
import { parseCertificatePem } from '#certificates';
import { openingOf } from '#archive';
import { OpensslWorkshop, type TestRecipient } from '../../libs/cms/src/testing/openssl.js';
import { splitEnvelope } from '../e2e/split-envelope.js';

const plaintext = Buffer.from('media '.repeat(20_000));
let openssl: OpensslWorkshop;
let tenant: TestRecipient;
let other: TestRecipient;

beforeAll(() => {
  openssl = new OpensslWorkshop();
  tenant = openssl.recipient('tenant');
  other = openssl.recipient('other');
});
afterAll(() => openssl.close());

type Scheme = EncryptionRecipient['keyEncryption'];
const pkcs1: Scheme = { scheme: 'rsaes-pkcs1-v1_5' };
const oaep: Scheme = { scheme: 'rsaes-oaep', hash: 'sha256' };

function recipientOf({ certificateFile }: TestRecipient, keyEncryption: Scheme, byKey = false): EncryptionRecipient {
  const [certificate] = parseCertificatePem(readFileSync(certificateFile, 'utf8'));
  const { issuerDer: issuer, serialNumberOctets: serialNumber, keyIdentifier, publicKey } = certificate;
  return {
    identifier: byKey
      ? { type: 'subject-key-identifier', keyIdentifier }
      : { type: 'issuer-and-serial-number', issuer, serialNumber },
    publicKey,
    keyEncryption,
  };
}

/** Runs what stands in `recording.json`, word by word, in a shell. */
function opened(file: Buffer, envelope: Envelope, name = 'call.mp3.bin'): Buffer {
  writeFileSync(openssl.file(name), file);
  const { command } = openingOf(envelope, name);
  const typed = command
    .replace('KEY', tenant.keyFile)
    .replace('OUT', 'out')
    .replace('CERTIFICATE', tenant.certificateFile);
  execFileSync('sh', ['-c', typed], { cwd: openssl.directory, stdio: 'pipe' });
  return readFileSync(openssl.file('out'));
}

async function joined(recipients: readonly EncryptionRecipient[]): Promise<{ file: Buffer; envelope: Envelope }> {
  const { envelope, ciphertext } = encryptDetached({ recipients });
  ciphertext.end(plaintext);
  const stored = await buffer(ciphertext);
  const { head, tail } = frameOfContent(envelope, stored.length);
  return { file: Buffer.concat([head, stored, tail]), envelope: parseEnvelope(envelope) };
}

describe(openingOf.name, () => {
  it("is the seed's own command for PKCS#1 v1.5 by issuer and serial number, and opens what was joined", async () => {
    const { file, envelope } = await joined([recipientOf(tenant, pkcs1)]);
    expect(openingOf(envelope, 'X.bin').command).toBe(
      'openssl smime -decrypt -inform DER -in X.bin -inkey KEY -out OUT',
    );
    expect(opened(file, envelope).equals(plaintext)).toBe(true);
  });

  it.each([
    ['OAEP', () => [recipientOf(tenant, oaep)], 'cms'],
    ['a key identifier', () => [recipientOf(tenant, pkcs1, true)], 'cms'],
    ['two recipients', () => [recipientOf(other, pkcs1), recipientOf(tenant, pkcs1)], 'smime'],
    ['two schemes', () => [recipientOf(other, pkcs1), recipientOf(tenant, oaep, true)], 'cms'],
  ] as const)('opens %s', async (_, recipients, program) => {
    const { file, envelope } = await joined(recipients());
    expect(openingOf(envelope, 'X.bin').program).toBe(program);
    expect(opened(file, envelope).equals(plaintext)).toBe(true);
  });

  it('opens an attached file as it is, also in BER', async () => {
    const recipients = [recipientOf(tenant, pkcs1)];
    const file = await buffer(encryptAttached({ recipients, plaintext: Readable.from([plaintext]) }));
    expect(opened(file, (await joined(recipients)).envelope).equals(plaintext)).toBe(true);
  });

  it('opens AuthEnvelopedData whose tag comes behind the content', () => {
    const input = openssl.file('in', plaintext);
    const to = ['-aes-256-gcm', '-binary', '-in', input, '-outform', 'DER', tenant.certificateFile];
    const whole = openssl.output('cms', '-encrypt', ...to);
    const { envelope, ciphertext } = splitEnvelope(whole);
    const { head, tail } = frameOfContent(envelope, ciphertext.length);
    const file = Buffer.concat([head, ciphertext, tail]);
    expect(openingOf(parseEnvelope(envelope), 'X.bin').program).toBe('cms');
    expect(opened(file, parseEnvelope(envelope)).equals(plaintext)).toBe(true);
  });

  it('opens files with names that a shell would take for something else', async () => {
    const { file, envelope } = await joined([recipientOf(tenant, pkcs1)]);
    for (const name of [`it's $(touch x) & more.bin`, '-in.bin'])
      expect(opened(file, envelope, name).equals(plaintext)).toBe(true);
  });
});
