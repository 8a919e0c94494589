import { constants, type KeyObject, publicEncrypt } from 'node:crypto';
import { encodedNull, encodeElement, encodeSmallInteger } from '../asn1/der-encoder.js';
import { Tag } from '../asn1/element-header.js';
import { encodeObjectIdentifier } from '../asn1/object-identifier.js';
import type { OaepHash, RecipientIdentifier } from '../envelope/envelope.js';
import { keyEncryptionIdentifiers } from '../envelope/key-encryption.js';

/** Somebody who shall be able to open what is written. */
export interface EncryptionRecipient {
  readonly identifier: RecipientIdentifier;
  /** RSA public key of the certificate. */
  readonly publicKey: KeyObject;
  /** RSAES-PKCS1-v1_5 or RSAES-OAEP with MGF1 over the same hash. */
  readonly keyEncryption:
    | { readonly scheme: 'rsaes-pkcs1-v1_5' }
    | { readonly scheme: 'rsaes-oaep'; readonly hash: OaepHash; readonly label?: Buffer };
}

/**
 * KeyTransRecipientInfo (RFC 5652, 6.2.1).
 * @throws TypeError if the public key is not RSA; an Error of node:crypto if the key is too small for the scheme.
 */
export function encodeRecipient(recipient: EncryptionRecipient, sessionKey: Buffer): Buffer {
  const { identifier, keyEncryption, publicKey } = recipient;
  if (publicKey.asymmetricKeyType !== 'rsa') {
    throw new TypeError(`a recipient needs an RSA key, not ${publicKey.asymmetricKeyType ?? publicKey.type}`);
  }
  return encodeElement(
    Tag.sequence,
    encodeSmallInteger(identifier.type === 'issuer-and-serial-number' ? 0 : 2),
    encodeIdentifier(identifier),
    encodeKeyEncryption(keyEncryption),
    encodeElement(Tag.octetString, encryptKey(recipient, sessionKey)),
  );
}

function encodeIdentifier(identifier: RecipientIdentifier): Buffer {
  return identifier.type === 'issuer-and-serial-number'
    ? encodeElement(Tag.sequence, identifier.issuer, encodeElement(Tag.integer, identifier.serialNumber))
    : encodeElement(Tag.contextPrimitive(0), identifier.keyIdentifier);
}

function encodeKeyEncryption(keyEncryption: EncryptionRecipient['keyEncryption']): Buffer {
  const ids = keyEncryptionIdentifiers;
  if (keyEncryption.scheme === 'rsaes-pkcs1-v1_5') {
    return encodeElement(Tag.sequence, encodeObjectIdentifier(ids.rsaEncryption), encodedNull);
  }
  const { hash, label } = keyEncryption;
  const fields: Buffer[] = [];
  // SHA-1 and the empty label are defaults, which DER leaves out (RFC 4055, 4.1).
  if (hash !== 'sha1') {
    const hashAlgorithm = encodeElement(Tag.sequence, encodeObjectIdentifier(ids[hash]), encodedNull);
    const mgf1 = encodeElement(Tag.sequence, encodeObjectIdentifier(ids.mgf1), hashAlgorithm);
    fields.push(encodeElement(Tag.contextConstructed(0), hashAlgorithm));
    fields.push(encodeElement(Tag.contextConstructed(1), mgf1));
  }
  if (label !== undefined && label.length > 0) {
    const octets = encodeElement(Tag.octetString, label);
    const source = encodeElement(Tag.sequence, encodeObjectIdentifier(ids.pSpecified), octets);
    fields.push(encodeElement(Tag.contextConstructed(2), source));
  }
  return encodeElement(Tag.sequence, encodeObjectIdentifier(ids.rsaesOaep), encodeElement(Tag.sequence, ...fields));
}

function encryptKey({ publicKey, keyEncryption }: EncryptionRecipient, sessionKey: Buffer): Buffer {
  if (keyEncryption.scheme === 'rsaes-pkcs1-v1_5') {
    return publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, sessionKey);
  }
  const { hash, label } = keyEncryption;
  const options = { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash };
  return publicEncrypt(label === undefined ? options : { ...options, oaepLabel: label }, sessionKey);
}
