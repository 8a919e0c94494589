import { hash, randomBytes } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import { MessageImprint, TimeStampReq, TimeStampReqVersion } from '@peculiar/asn1-tsp';
import { AlgorithmIdentifier } from '@peculiar/asn1-x509';

export const sha256Oid = '2.16.840.1.101.3.4.2.1';
/** How requests and answers travel (RFC 3161, 3.4). */
export const requestType = 'application/timestamp-query';
export const answerType = 'application/timestamp-reply';

/** A request of a time stamp, DER, and what the answer must repeat. */
export interface TimeStampRequest {
  readonly encoded: Buffer;
  /** Content of an INTEGER. */
  readonly nonce: Buffer;
}

/** Asks for a time stamp of these bytes, with the certificates that prove it (RFC 3161, 2.4.1). */
export function timeStampRequest(stamped: Buffer): TimeStampRequest {
  const nonce = randomBytes(16);
  // Positive, and of one length: an authority that writes it anew writes the same octets.
  nonce.writeUInt8((nonce.readUInt8(0) & 0x3f) | 0x40, 0);
  const hashedMessage = new OctetString(hash('sha256', stamped, 'buffer'));
  const hashAlgorithm = new AlgorithmIdentifier({ algorithm: sha256Oid, parameters: null });
  const request = new TimeStampReq({
    version: TimeStampReqVersion.v1,
    messageImprint: new MessageImprint({ hashAlgorithm, hashedMessage }),
    nonce: new Uint8Array(nonce).buffer,
    certReq: true,
  });
  return { encoded: Buffer.from(AsnConvert.serialize(request)), nonce };
}
