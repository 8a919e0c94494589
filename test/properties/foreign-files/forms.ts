import { gzipSync } from 'node:zlib';
import type { Random } from '../world/random.js';

/** How a program that is not ours may keep an envelope. */
export interface ForeignFile {
  readonly form: string;
  readonly stored: Buffer;
  /** What openssl is told that it is. */
  readonly inform: 'DER' | 'PEM' | 'SMIME';
}

const lines = (bytes: Buffer, end: string, width = 64): string =>
  `${bytes.toString('base64').replace(new RegExp(`.{${width}}(?=.)`, 'g'), `$&${end}`)}${end}`;

const texts = ['', 'Recorded by a device', 'subject=/CN=recorder\nissuer=/CN=authority', 'Müller & Söhne: "Aufnahme"'];
const text = (random: Random, end: string, most: number): string => {
  const count = random.below(most);
  return Array.from({ length: count }, () => random.pick(texts)).join(end) + (count > 0 ? end : '');
};

function pem(bytes: Buffer, random: Random): ForeignFile {
  const end = random.pick(['\n', '\r\n']);
  const label = random.pick(['CMS', 'PKCS7']);
  const before = text(random, end, random.pick([1, 3, 2000]));
  const certificate = `-----BEGIN CERTIFICATE-----${end}${lines(random.bytes(600), end)}-----END CERTIFICATE-----${end}`;
  const parts = [
    random.chance(0.2) ? '\xef\xbb\xbf' : '',
    before,
    random.chance(0.2) ? certificate : '',
    `-----BEGIN ${label}-----${end}${lines(bytes, end)}-----END ${label}-----${random.pick([end, ''])}`,
    random.chance(0.2) ? certificate : '',
    text(random, end, random.pick([1, 3, 300])),
  ];
  return { form: 'PEM', inform: 'PEM', stored: Buffer.from(parts.join(''), 'latin1') };
}

function mail(bytes: Buffer, random: Random): ForeignFile {
  const end = random.pick(['\n', '\r\n']);
  const hops = random.below(random.pick([2, 10, 400]));
  const type = random.pick([
    'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"',
    `Content-Type: application/x-pkcs7-mime;${end} name="smime.p7m"`,
    'content-type: application/pkcs7-mime',
    'Content-Type: application/pkcs7-mime; smime-type="authEnveloped-data"',
  ]);
  const encoding = random.pick(['Content-Transfer-Encoding: base64', 'content-transfer-encoding:  BASE64']);
  const fields = [
    ...(random.chance(0.2) ? ['From archive@example.org Thu Jan  1 00:00:00 1970'] : []),
    ...Array.from(
      { length: hops },
      (_, hop) => `Received: from relay${hop}.example.org by relay${hop + 1}.example.org`,
    ),
    ...(random.chance(0.5) ? ['MIME-Version: 1.0', 'Subject: =?utf-8?Q?Aufnahme?='] : []),
    ...(random.chance(0.5) ? [type, encoding] : [encoding, type]),
  ];
  const body = lines(bytes, end, random.pick([64, 76]));
  const behind = random.chance(0.3) ? end : '';
  return { form: 'S/MIME', inform: 'SMIME', stored: Buffer.from([...fields, '', body + behind].join(end)) };
}

const der = (bytes: Buffer, random: Random): ForeignFile => ({
  form: 'DER',
  inform: 'DER',
  stored: Buffer.concat([
    bytes,
    random.pick([Buffer.alloc(0), Buffer.from('\r\n'), Buffer.from('\n'), Buffer.alloc(random.below(2000))]),
  ]),
});

const damaged = (bytes: Buffer, random: Random): ForeignFile => ({
  form: 'cut',
  inform: 'DER',
  stored: bytes.subarray(0, random.below(bytes.length)),
});

const compressed = (bytes: Buffer): ForeignFile => ({ form: 'gzip', inform: 'DER', stored: gzipSync(bytes) });

/** One of the forms that the page about stored files names. */
export function foreignFile(bytes: Buffer, random: Random): ForeignFile {
  const kind = random.weighted({ der: 25, pem: 30, mail: 30, damaged: 10, gzip: 5 });
  switch (kind) {
    case 'der':
      return der(bytes, random);
    case 'pem':
      return pem(bytes, random);
    case 'mail':
      return mail(bytes, random);
    case 'damaged':
      return damaged(bytes, random);
    case 'gzip':
      return compressed(bytes);
  }
}
