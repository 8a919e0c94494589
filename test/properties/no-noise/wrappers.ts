import { gzipSync } from 'node:zlib';
import type { MadeCertificate } from '../media/made-certificate.js';
import { sign } from 'node:crypto';
import { der, integer, nothing, octets, oid, sequence, set, small } from '../media/der.js';

/** Forms in which an envelope comes out of mail programs, ticket systems and archives. */
export const wrappers = ['pem', 'bom-pem', 'base64', 's-mime', 'gzip', 'signed-data'] as const;
export type Wrapper = (typeof wrappers)[number];

const lines = (bytes: Buffer, end: string): string => bytes.toString('base64').replace(/.{64}/g, `$&${end}`);

export function wrap(kind: Wrapper, envelope: Buffer, signer: MadeCertificate): Buffer {
  const pem = `-----BEGIN CMS-----\n${lines(envelope, '\n').trimEnd()}\n-----END CMS-----\n`;
  switch (kind) {
    case 'pem':
      return Buffer.from(pem);
    case 'bom-pem':
      return Buffer.from(`\uFEFF${pem}`);
    case 'base64':
      return Buffer.from(lines(envelope, '\r\n'));
    case 's-mime':
      return Buffer.from(
        'MIME-Version: 1.0\r\nContent-Disposition: attachment; filename="smime.p7m"\r\n' +
          'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"\r\n' +
          `Content-Transfer-Encoding: base64\r\n\r\n${lines(envelope, '\r\n')}\r\n`,
      );
    case 'gzip':
      return gzipSync(envelope);
    case 'signed-data':
      return signedData(envelope, signer);
  }
}

/** RFC 5652 section 5 around the envelope, as some archives keep it: nothing a recording may be stored in. */
function signedData(content: Buffer, { pair, issuer, serialNumber, der: certificate }: MadeCertificate): Buffer {
  const sha256 = sequence(oid('2.16.840.1.101.3.4.2.1'), nothing);
  const signer = sequence(
    small(1),
    sequence(issuer, integer(serialNumber)),
    sha256,
    sequence(oid('1.2.840.113549.1.1.1'), nothing),
    octets(sign('sha256', content, pair.privateKey)),
  );
  const encapsulated = sequence(oid('1.2.840.113549.1.7.3'), der(0xa0, octets(content)));
  const signed = sequence(small(3), set(sha256), encapsulated, der(0xa0, certificate), set(signer));
  return sequence(oid('1.2.840.113549.1.7.2'), der(0xa0, signed));
}
