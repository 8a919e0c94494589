import { createHash } from 'node:crypto';
import { canonicalIssuerAndSerialNumber } from '#asn1';
import type { CertificateInfo } from '#certificates';
import { CmsError, parseDetachedEnvelope, type DetachedEnvelope } from '#cms';
import type { MediaFile } from '#store';
import { envelopeInMetadata } from './envelope-in-metadata.js';

type Identifier = DetachedEnvelope['recipients'][number]['identifier'];

/** How the index of the store names a recipient: by what the envelope says, or by what the metadata says of it. */
export function recipientName(identifier: Identifier): string {
  switch (identifier.type) {
    case 'issuer-and-serial-number':
      return issued(identifier.issuer, identifier.serialNumber);
    case 'subject-key-identifier':
      return `key:${identifier.keyIdentifier.toString('hex')}`;
    case 'key-name':
      return aliasName(identifier.keyName);
  }
}

/**
 * All names under which envelopes may mean a certificate; its alias is one only where it is given. Rows of the index
 * that were written before names were compared as RFC 5280, 7.1 says have the issuer to the letter: they count until
 * their media files have been inspected again.
 */
export function recipientNamesOf(
  certificate: Pick<CertificateInfo, 'issuerDer' | 'serialNumberOctets' | 'keyIdentifier' | 'subjectKeyIdentifier'>,
  alias?: string,
): string[] {
  const { issuerDer, serialNumberOctets, keyIdentifier, subjectKeyIdentifier } = certificate;
  const keys = [keyIdentifier, ...(subjectKeyIdentifier === undefined ? [] : [subjectKeyIdentifier])];
  const names = keys.map(identifier => `key:${identifier.toString('hex')}`);
  const issuers = [issued(issuerDer, serialNumberOctets), issuedToTheLetter(issuerDer, serialNumberOctets)];
  return [...new Set([...issuers, ...names, ...(alias === undefined ? [] : [aliasName(alias)])])];
}

/**
 * Whom a media file is for. Where the envelope lies in the stored file, or cannot be read, the aliases of the metadata
 * are all that is known.
 */
export function recipientsOfMediaFile(file: Pick<MediaFile, 'pkcs7' | 'additional' | 'certAlias'>): string[] {
  const envelope = envelopeInMetadata(file as MediaFile);
  const recipients = (envelope === undefined ? undefined : recipientsOfEnvelope(envelope)) ?? [];
  return recipients.length > 0 ? recipients : [...new Set((file.certAlias ?? []).map(aliasName))];
}

/** Whether a form that no standard has is opened is the worker's decision. */
export const everyForm = { gcmInEnvelopedData: true, anyEnvelopeVersion: true };

/** Whom an envelope is for; undefined when it cannot be read. */
export function recipientsOfEnvelope(envelope: Buffer): string[] | undefined {
  try {
    return [
      ...new Set(
        parseDetachedEnvelope(envelope, everyForm).recipients.map(({ identifier }) => recipientName(identifier)),
      ),
    ];
  } catch (error) {
    if (error instanceof CmsError) return undefined;
    throw error;
  }
}

const issued = (issuer: Buffer, serialNumber: Buffer): string =>
  `issued:${createHash('sha256').update(canonicalIssuerAndSerialNumber({ issuer, serialNumber })).digest('hex')}`;

const issuedToTheLetter = (issuer: Buffer, serialNumber: Buffer): string =>
  `issued:${createHash('sha256').update(issuer).digest('hex')}:${serialNumber.toString('hex')}`;

/** The name of a recipient of which metadata says the alias alone. */
export const aliasName = (alias: string): string => `alias:${alias}`;
