import type { BerReader } from '../asn1/ber-reader.js';
import { Tag } from '../asn1/element-header.js';
import { formatObjectIdentifier, ObjectIdentifierTable } from '../asn1/object-identifier.js';
import { CmsError } from '../cms-error.js';
import { readAlgorithmIdentifier } from './algorithm-identifier.js';
import type { KeyEncryption, OaepHash } from './envelope.js';

/** Object identifiers of RFC 8017, appendix C, and of the hashes. */
export const keyEncryptionIdentifiers = {
  rsaEncryption: '1.2.840.113549.1.1.1',
  rsaesOaep: '1.2.840.113549.1.1.7',
  mgf1: '1.2.840.113549.1.1.8',
  pSpecified: '1.2.840.113549.1.1.9',
  sha1: '1.3.14.3.2.26',
  sha224: '2.16.840.1.101.3.4.2.4',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
} as const;

const ids = keyEncryptionIdentifiers;
const schemes = new ObjectIdentifierTable<KeyEncryption['scheme']>({
  [ids.rsaEncryption]: 'rsaes-pkcs1-v1_5',
  [ids.rsaesOaep]: 'rsaes-oaep',
});
const hashes = new ObjectIdentifierTable<OaepHash>({
  [ids.sha1]: 'sha1',
  [ids.sha224]: 'sha224',
  [ids.sha256]: 'sha256',
  [ids.sha384]: 'sha384',
  [ids.sha512]: 'sha512',
});
const maskGenerationFunctions = new ObjectIdentifierTable<'mgf1'>({ [ids.mgf1]: 'mgf1' });
const labelSources = new ObjectIdentifierTable<'specified'>({ [ids.pSpecified]: 'specified' });

/** @returns undefined for algorithms that are not RSA encryption. */
export function readKeyEncryption(reader: BerReader): KeyEncryption | undefined {
  return readAlgorithmIdentifier(reader, 'keyEncryptionAlgorithm', algorithm => {
    const scheme = schemes.get(algorithm);
    if (scheme !== 'rsaes-oaep') return scheme === undefined ? undefined : { scheme };
    return readOaepParameters(reader);
  });
}

/** RSAES-OAEP-params (RFC 4055, 4.1); every field has a default. */
function readOaepParameters(reader: BerReader): KeyEncryption {
  let hash: OaepHash = 'sha1';
  let mgfHash: OaepHash = 'sha1';
  let label: Buffer = Buffer.alloc(0);
  if (reader.peek() === undefined) return { scheme: 'rsaes-oaep', hash, mgfHash, label };
  reader.enter(Tag.sequence, 'RSAES-OAEP-params');
  if (enterField(reader, 0)) {
    hash = readHash(reader, 'hashFunc');
    reader.leave();
  }
  if (enterField(reader, 1)) {
    mgfHash = readAlgorithmIdentifier(reader, 'maskGenFunc', (algorithm, offset) => {
      known(maskGenerationFunctions, algorithm, offset, 'MGF1');
      return readHash(reader, 'the hash of MGF1');
    });
    reader.leave();
  }
  if (enterField(reader, 2)) {
    label = readAlgorithmIdentifier(reader, 'pSourceFunc', (algorithm, offset) => {
      known(labelSources, algorithm, offset, 'pSpecified');
      return Buffer.from(reader.octets(Tag.octetString, 'the OAEP label'));
    });
    reader.leave();
  }
  reader.leave();
  return { scheme: 'rsaes-oaep', hash, mgfHash, label };
}

function enterField(reader: BerReader, field: number): boolean {
  if (reader.peek() !== Tag.contextConstructed(field)) return false;
  reader.enter(Tag.contextConstructed(field), `field ${field} of RSAES-OAEP-params`);
  return true;
}

function readHash(reader: BerReader, name: string): OaepHash {
  return readAlgorithmIdentifier(reader, name, (algorithm, offset) =>
    known(hashes, algorithm, offset, 'SHA-1 or SHA-224 to SHA-512'),
  );
}

function known<Meaning>(
  table: ObjectIdentifierTable<Meaning>,
  algorithm: Buffer,
  offset: number,
  expected: string,
): Meaning {
  const meaning = table.get(algorithm);
  if (meaning !== undefined) return meaning;
  const message = `the algorithm ${formatObjectIdentifier(algorithm)} in RSAES-OAEP-params`;
  throw new CmsError('CMS_UNSUPPORTED', message, { offset, expected });
}
