/** A hash that cannot be forged, by its name in OpenSSL and its object identifier, written and encoded. */
export interface StampHash {
  readonly name: string;
  readonly oid: string;
  readonly encoded: Buffer;
}

const arc = Buffer.from('06096086480165030402', 'hex');

/** SHA-256, SHA-384 and SHA-512 (FIPS 180-4). */
export const stampHashes: readonly StampHash[] = ['sha256', 'sha384', 'sha512'].map((name, index) => ({
  name,
  oid: `2.16.840.1.101.3.4.2.${index + 1}`,
  encoded: Buffer.concat([arc, Buffer.of(index + 1)]),
}));

export const hashOf = (oid: string): StampHash | undefined => stampHashes.find(one => one.oid === oid);

/** The hash that an AlgorithmIdentifier begins with. */
export const hashIn = (algorithm: Buffer): StampHash | undefined =>
  stampHashes.find(({ encoded }) => algorithm.subarray(0, encoded.length).equals(encoded));
