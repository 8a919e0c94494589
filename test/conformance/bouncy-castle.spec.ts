import { createPublicKey, createSign, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  createCertificateRequest,
  keyMatchesCertificate,
  parseCertificatePem,
  parsePrivateKeyPem,
  readKeyFile,
  readKeystore,
} from '#certificates';
import { encryptAttached, encryptDetached, type EncryptionRecipient, type WritableCipher } from '#cms';
import { BouncyCastle } from '#test/bouncy-castle/bouncy-castle.js';
import { KeyBackups } from '../../apps/key-vault/src/keys/key-backups.js';
import { mediaLike } from '../../libs/cms/src/testing/media-like.js';
import { OpensslWorkshop, type TestRecipient } from '../../libs/cms/src/testing/openssl.js';
import { openWithKey, refusalOf } from './open-with-key.js';

jest.setTimeout(300_000);

const workshop = new OpensslWorkshop();
const plaintext = mediaLike(100_001);
let castle: BouncyCastle;
let us: TestRecipient;

beforeAll(async () => {
  castle = await BouncyCastle.prepare();
  us = workshop.recipient('us');
  workshop.file('plain', plaintext);
  workshop.run('pkcs8', '-topk8', '-nocrypt', '-in', us.keyFile, '-out', workshop.file('us.pkcs8'));
});
afterAll(() => workshop.close());

const file = (name: string): string => workshop.file(name);

describe('what Bouncy Castle writes', () => {
  const cbc = ['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc', 'des-ede3-cbc'];
  const shapes = [
    'plain',
    'der',
    'stream',
    'identifier',
    'oaep-SHA-1',
    'oaep-SHA-256',
    'oaep-SHA-512,identifier',
    'attributes',
    'kek,password',
    'pem',
    'signed',
    'signed,signed-stream,stream',
    'signed,pem',
  ];
  const opened = [
    ...cbc.flatMap(cipher => ['plain', 'stream'].map(shape => [cipher, shape] as const)),
    ...shapes.map(shape => ['aes-256-cbc', shape] as const),
    ...['aes-128-gcm', 'aes-256-gcm'].flatMap(cipher =>
      ['plain', 'identifier', 'oaep-SHA-256', 'pem', 'signed'].map(shape => [cipher, shape] as const),
    ),
  ];
  const refused = [
    ['rc2-cbc', 'plain', /1\.2\.840\.113549\.3\.2/],
    ['camellia-256-cbc', 'plain', /1\.2\.392\.200011\.61\.1\.1\.1\.4/],
    ['aes-256-cbc', 'compressed', /CompressedData/],
    ['aes-256-cbc', 'oaep-SHA3-256', /2\.16\.840\.1\.101\.3\.4\.2\.8|recipient/],
  ] as const;
  const readable = ['PKCS12', 'PKCS12-3DES-3DES', 'PKCS12-AES256-AES128'];
  /** AES-GCM under PBES2, which keytool and openssl do not read either. */
  const unreadable = ['PKCS12-AES256-AES128-GCM'];
  const schemes = [
    ['PBES2 with AES-256', '2.16.840.1.101.3.4.1.42'],
    ['PBES2 with 3DES', '1.2.840.113549.3.7'],
    ['PBE-SHA1-3DES', '1.2.840.113549.1.12.1.3'],
    ['PBE-SHA1-RC4-128', '1.2.840.113549.1.12.1.1'],
    ['Proc-Type with AES-256', 'AES-256-CBC'],
    ['Proc-Type with 3DES', 'DES-EDE3-CBC'],
  ] as const;
  const nameOf = (cipher: string, shape: string) => `${cipher}.${shape.replaceAll(',', '.')}`;

  beforeAll(() =>
    castle.run(
      ...[...opened, ...refused].map(([cipher, shape]) => {
        return ['encrypt', us.certificateFile, file('plain'), file(nameOf(cipher, shape)), cipher, shape];
      }),
      ...[...readable, ...unreadable].map(type => {
        return ['keystore', type, 'Mandant Ä', 'Straße 7', file('us.pkcs8'), us.certificateFile, file(type)];
      }),
      ...schemes.map(([, scheme]) => ['key', scheme, 'storepwd', file('us.pkcs8'), file(`${scheme}.key`)]),
    ),
  );

  it.each(opened)('%s, %s is opened', async (cipher, shape) => {
    const stored = readFileSync(file(nameOf(cipher, shape)));
    expect((await openWithKey(stored, us.privateKey)).equals(plaintext)).toBe(true);
  });

  it.each(refused)('%s, %s is refused by name', async (cipher, shape, name) => {
    expect(await refusalOf(readFileSync(file(nameOf(cipher, shape))))).toMatch(name);
  });

  it.each(readable)('a keystore of type %s is read', type => {
    const { entries, integrityVerified } = readKeystore(readFileSync(file(type)), 'Straße 7');
    expect([integrityVerified, entries.map(({ alias }) => alias)]).toEqual([true, ['Mandant Ä']]);
    const { pkcs8 } = readKeyFile(readFileSync(file(type)), 'Straße 7');
    expect(pkcs8.equals(us.privateKey.export({ format: 'der', type: 'pkcs8' }))).toBe(true);
  });

  it.each(unreadable)('a keystore of type %s is refused by name', type => {
    expect(() => readKeystore(readFileSync(file(type)), 'Straße 7')).toThrow('2.16.840.1.101.3.4.1.6');
  });

  it.each(schemes)('a private key under %s is read', (_, scheme) => {
    const encrypted = readFileSync(file(`${scheme}.key`));
    const { pkcs8 } = parsePrivateKeyPem(encrypted, 'storepwd');
    expect(pkcs8.equals(us.privateKey.export({ format: 'der', type: 'pkcs8' }))).toBe(true);
    expect(() => parsePrivateKeyPem(encrypted, 'wrong')).toThrow();
  });
});

describe('Bouncy Castle opens', () => {
  const recipient = (keyId: boolean, keyEncryption: EncryptionRecipient['keyEncryption']): EncryptionRecipient => {
    const [certificate] = parseCertificatePem(readFileSync(us.certificateFile));
    const { issuerDer, serialNumberOctets, publicKey, keyIdentifier } = certificate;
    return {
      identifier: keyId
        ? { type: 'subject-key-identifier', keyIdentifier }
        : { type: 'issuer-and-serial-number', issuer: issuerDer, serialNumber: serialNumberOctets },
      publicKey,
      keyEncryption,
    };
  };
  const cases = (['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc'] satisfies WritableCipher[]).flatMap(cipher =>
    [true, false].flatMap(keyId =>
      (
        [
          { scheme: 'rsaes-pkcs1-v1_5' },
          { scheme: 'rsaes-oaep', hash: 'sha1' },
          { scheme: 'rsaes-oaep', hash: 'sha256' },
        ] satisfies EncryptionRecipient['keyEncryption'][]
      ).map(keyEncryption => ({ cipher, recipients: [recipient.bind(undefined, keyId, keyEncryption)] })),
    ),
  );

  it('what this library writes, attached and detached', async () => {
    const commands: string[][] = [];
    for (const [number, { cipher, recipients: make }] of cases.entries()) {
      const recipients = make.map(each => each());
      for (const known of [{}, { plaintextLength: plaintext.length }]) {
        const name = `written-${number}-${Object.keys(known).length}`;
        const input = Readable.from([plaintext]);
        workshop.file(name, await buffer(encryptAttached({ recipients, cipher, plaintext: input, ...known })));
        commands.push(['decrypt', file('us.pkcs8'), file(name), file(`${name}.plain`)]);
      }
      const { envelope, ciphertext } = encryptDetached({ recipients, cipher });
      const name = `detached-${number}`;
      workshop.file(name, await buffer(Readable.from([plaintext]).pipe(ciphertext)));
      workshop.file(`${name}.envelope`, envelope);
      const parts = [file(`${name}.envelope`), file(name)];
      commands.push(['decrypt-detached', file('us.pkcs8'), ...parts, file(`${name}.plain`)]);
    }
    await castle.run(...commands);
    for (const command of commands) expect(readFileSync(command.at(-1)!).equals(plaintext)).toBe(true);
  });

  it('the copy of a key that a vault writes', async () => {
    const directory = file('backups');
    const backups = await KeyBackups.open({ directory, recoveryCertificateFiles: [us.certificateFile] });
    const kept = workshop.recipient('kept');
    const [certificate] = parseCertificatePem(readFileSync(kept.certificateFile));
    const pkcs8 = kept.privateKey.export({ format: 'der', type: 'pkcs8' });
    const pair = { purpose: 'RECORDING', contactCenter: 'A', alias: 'kept', certificate, pkcs8 } as const;
    await (await backups.prepare(pair)).commit();
    const [name] = readdirSync(directory);
    const copy = readFileSync(`${directory}/${name}`, 'utf8');
    workshop.file('copy.pem', Buffer.from(/-----BEGIN CMS-----[^]*-----END CMS-----\n/.exec(copy)![0]));
    await castle.run(['decrypt-pem', file('us.pkcs8'), file('copy.pem'), file('copy.plain')]);
    const inside = parsePrivateKeyPem(readFileSync(file('copy.plain')));
    expect(inside.pkcs8.equals(pkcs8)).toBe(true);
  });

  it('a certificate request, and what it issues for it fits', async () => {
    const publicKey = createPublicKey(us.privateKey);
    const sign = (message: Buffer) => Promise.resolve(createSign('sha256').update(message).sign(us.privateKey));
    const subject = { subject: 'CN=Aufnahme Köln, O=Genesys, C=DE', dnsNames: ['rcs.example.org'] };
    workshop.file('request.pem', Buffer.from(await createCertificateRequest(subject, { publicKey, sign })));
    const authority = workshop.recipient('authority');
    workshop.run('pkcs8', '-topk8', '-nocrypt', '-in', authority.keyFile, '-out', file('authority.pkcs8'));
    const issued = ['issue', file('request.pem'), authority.certificateFile, file('authority.pkcs8'), file('issued')];
    await castle.run(issued);
    const [certificate] = parseCertificatePem(readFileSync(file('issued')));
    expect(keyMatchesCertificate(publicKey, certificate)).toBe(true);
    expect(certificate.subjectDn).toContain('Köln');
    expect(new X509Certificate(readFileSync(file('issued'))).subjectAltName).toBe('DNS:rcs.example.org');
  });
});
