import { createPublicKey, createSign, webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import * as asn1js from 'asn1js';
import forge from 'node-forge';
import * as pkijs from 'pkijs';
import {
  createCertificateRequest,
  parseCertificatePem,
  parsePrivateKeyPem,
  readKeyFile,
  readKeystore,
} from '#certificates';
import { encryptAttached, type EncryptionRecipient, type WritableCipher } from '#cms';
import { mediaLike } from '../../libs/cms/src/testing/media-like.js';
import { OpensslWorkshop, type TestRecipient } from '../../libs/cms/src/testing/openssl.js';
import { openWithKey, refusalOf } from './open-with-key.js';

jest.setTimeout(120_000);

const workshop = new OpensslWorkshop();
const plaintext = mediaLike(50_003);
let us: TestRecipient;
let pem: string;
let pkcs8: Buffer;

beforeAll(() => {
  pkijs.setEngine('node', new pkijs.CryptoEngine({ name: 'node', crypto: webcrypto }));
  us = workshop.recipient('us');
  pem = readFileSync(us.certificateFile, 'utf8');
  pkcs8 = us.privateKey.export({ format: 'der', type: 'pkcs8' });
});
afterAll(() => workshop.close());

const arrayBufferOf = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer;
const binary = (bytes: Buffer): string => bytes.toString('latin1');
const derOf = (object: forge.asn1.Asn1): Buffer => Buffer.from(forge.asn1.toDer(object).getBytes(), 'latin1');
const ciphers: readonly WritableCipher[] = ['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc'];

function written(cipher: WritableCipher, keyEncryption: EncryptionRecipient['keyEncryption']): Promise<Buffer> {
  const [{ issuerDer, serialNumberOctets, publicKey }] = parseCertificatePem(pem);
  const identifier = {
    type: 'issuer-and-serial-number',
    issuer: issuerDer,
    serialNumber: serialNumberOctets,
  } as const;
  const input = Readable.from([plaintext]);
  const recipients = [{ identifier, publicKey, keyEncryption }];
  return buffer(encryptAttached({ recipients, cipher, plaintext: input, plaintextLength: plaintext.length }));
}

async function request(): Promise<string> {
  const sign = (message: Buffer) => Promise.resolve(createSign('sha256').update(message).sign(us.privateKey));
  return createCertificateRequest(
    { subject: 'CN=Recording, O=Genesys, C=DE' },
    { publicKey: createPublicKey(pem), sign },
  );
}

describe('node-forge', () => {
  it.each([
    ['aes128-CBC', forge.pki.oids['aes128-CBC']],
    ['aes192-CBC', forge.pki.oids['aes192-CBC']],
    ['aes256-CBC', forge.pki.oids['aes256-CBC']],
    ['des-EDE3-CBC', forge.pki.oids['des-EDE3-CBC']],
  ])('%s that it writes is opened, in DER and in PEM', async (_, cipher) => {
    // Writing one empties it.
    const enveloped = (): forge.pkcs7.PkcsEnvelopedData => {
      const message = forge.pkcs7.createEnvelopedData();
      message.addRecipient(forge.pki.certificateFromPem(pem));
      message.content = forge.util.createBuffer(binary(plaintext));
      message.encrypt(undefined, cipher);
      return message;
    };
    expect((await openWithKey(derOf(enveloped().toAsn1()), us.privateKey)).equals(plaintext)).toBe(true);
    // Its types know this function for signed messages only.
    const text = forge.pkcs7.messageToPem(enveloped() as unknown as forge.pkcs7.PkcsSignedData);
    expect((await openWithKey(Buffer.from(text), us.privateKey)).equals(plaintext)).toBe(true);
  });

  it.each(ciphers)('opens %s that this library writes', async cipher => {
    const stored = await written(cipher, { scheme: 'rsaes-pkcs1-v1_5' });
    const message = forge.pkcs7.messageFromAsn1(forge.asn1.fromDer(binary(stored))) as forge.pkcs7.PkcsEnvelopedData;
    const key = forge.pki.privateKeyFromPem(readFileSync(us.keyFile, 'utf8'));
    message.decrypt(message.findRecipient(forge.pki.certificateFromPem(pem))!, key);
    const content = message.content as forge.util.ByteStringBuffer;
    expect(Buffer.from(content.getBytes(), 'latin1').equals(plaintext)).toBe(true);
  });

  it.each(['3des', 'aes128', 'aes192', 'aes256'] as const)('a keystore under %s is read', algorithm => {
    const key = forge.pki.privateKeyFromPem(readFileSync(us.keyFile, 'utf8'));
    const options = { algorithm, friendlyName: 'tenant' } as const;
    const keystore = derOf(forge.pkcs12.toPkcs12Asn1(key, [forge.pki.certificateFromPem(pem)], 'storepwd', options));
    const { entries, integrityVerified } = readKeystore(keystore, 'storepwd');
    expect([integrityVerified, entries.map(({ alias }) => alias)]).toEqual([true, ['tenant']]);
    expect(readKeyFile(keystore, 'storepwd').pkcs8.equals(pkcs8)).toBe(true);
  });

  it.each(['3des', 'aes128', 'aes256'] as const)('a private key under %s is read', algorithm => {
    const key = forge.pki.privateKeyFromPem(readFileSync(us.keyFile, 'utf8'));
    for (const legacy of [true, false]) {
      const encrypted = forge.pki.encryptRsaPrivateKey(key, 'storepwd', { algorithm, legacy });
      expect(parsePrivateKeyPem(Buffer.from(encrypted), 'storepwd').pkcs8.equals(pkcs8)).toBe(true);
    }
  });

  it('takes our certificate request for what it is', async () => {
    const parsed = forge.pki.certificationRequestFromPem(await request());
    expect([parsed.verify(), parsed.subject.getField('CN')?.value]).toEqual([true, 'Recording']);
  });
});

describe('PKI.js', () => {
  const certificate = () => pkijs.Certificate.fromBER(arrayBufferOf(Buffer.from(parseCertificatePem(pem)[0].der)));

  async function enveloped(
    algorithm: { readonly name: 'AES-CBC' | 'AES-GCM'; readonly length: number },
    parameters: object,
  ): Promise<Buffer> {
    const data = new pkijs.EnvelopedData();
    data.addRecipientByCertificate(certificate(), parameters, 1);
    await data.encrypt(algorithm, arrayBufferOf(plaintext));
    const info = new pkijs.ContentInfo({ contentType: '1.2.840.113549.1.7.3', content: data.toSchema() });
    return Buffer.from(info.toSchema().toBER(false));
  }

  it.each([
    [128, 'SHA-1'],
    [192, 'SHA-256'],
    [256, 'SHA-256'],
    [256, 'SHA-512'],
  ] as const)('AES-%d-CBC and OAEP with %s that it writes is opened', async (length, oaepHashAlgorithm) => {
    const stored = await enveloped({ name: 'AES-CBC', length }, { oaepHashAlgorithm });
    expect((await openWithKey(stored, us.privateKey)).equals(plaintext)).toBe(true);
  });

  it('AES-GCM inside EnvelopedData is refused by name, and opened where that is allowed', async () => {
    const stored = await enveloped({ name: 'AES-GCM', length: 256 }, { oaepHashAlgorithm: 'SHA-256' });
    expect(await refusalOf(stored)).toContain('aes-256-gcm of enveloped-data');
    const opened = await openWithKey(stored, us.privateKey, { gcmInEnvelopedData: true });
    expect(opened.equals(plaintext)).toBe(true);
  });

  it.each(ciphers)('opens %s that this library writes', async cipher => {
    const stored = await written(cipher, { scheme: 'rsaes-oaep', hash: 'sha256' });
    const data = new pkijs.EnvelopedData({
      schema: pkijs.ContentInfo.fromBER(arrayBufferOf(stored)).content as object,
    });
    const opened = await data.decrypt(0, {
      recipientCertificate: certificate(),
      recipientPrivateKey: arrayBufferOf(pkcs8),
    });
    expect(Buffer.from(opened).equals(plaintext)).toBe(true);
  });

  it('takes our certificate request for what it is', async () => {
    const der = Buffer.from((await request()).replace(/-----[^-]+-----|\s/g, ''), 'base64');
    const parsed = pkijs.CertificationRequest.fromBER(arrayBufferOf(der));
    expect(await parsed.verify()).toBe(true);
    expect(asn1js.fromBER(arrayBufferOf(der)).offset).toBe(der.length);
  });
});
