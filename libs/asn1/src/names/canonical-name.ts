import { isRangeError } from '../range-error.js';
import { readNameParts } from './name-parts.js';

/**
 * A DER Name as one text that is equal for names that mean the same (RFC 5280, 7.1), however their strings are encoded:
 * some libraries encode the issuer of a recipient again instead of copying it from the certificate. What is no Name is
 * only equal to itself.
 */
export function canonicalName(der: Buffer): string {
  try {
    return readNameParts(der).join(',');
  } catch (error) {
    if (!isRangeError(error)) throw error;
    return `der:${der.toString('hex')}`;
  }
}

/**
 * The content octets of a serial number without what some encoders add to or drop from its front: leading zeros, which
 * keep a large number positive.
 */
export function canonicalSerialNumber(octets: Buffer): string {
  const first = octets.findIndex(octet => octet !== 0);
  return first === -1 ? '00' : octets.subarray(first).toString('hex');
}

/** Issuer and serial number of a certificate, as recipients of envelopes name it (RFC 5652, 6.2.1). */
export interface IssuerAndSerialNumber {
  /** Name, DER. */
  readonly issuer: Buffer;
  /** Content octets of the INTEGER. */
  readonly serialNumber: Buffer;
}

/** Equal texts for the same issuer and serial number. */
export const canonicalIssuerAndSerialNumber = ({ issuer, serialNumber }: IssuerAndSerialNumber): string =>
  `${canonicalSerialNumber(serialNumber)}:${canonicalName(issuer)}`;

export const sameIssuerAndSerialNumber = (left: IssuerAndSerialNumber, right: IssuerAndSerialNumber): boolean =>
  canonicalSerialNumber(left.serialNumber) === canonicalSerialNumber(right.serialNumber) &&
  (left.issuer.equals(right.issuer) || canonicalName(left.issuer) === canonicalName(right.issuer));
