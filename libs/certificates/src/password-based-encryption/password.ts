/** As typed, or its UTF-8 octets. */
export type Password = string | Buffer;

/** UTF-8: PBES2 and OpenSSL's own files. The caller overwrites it. */
export function utf8Password(password: Password): Buffer {
  return Buffer.from(password);
}

/** UTF-16, big-endian: Java's JKS. The caller overwrites it. */
export function utf16Password(password: Password): Buffer {
  return Buffer.from(typeof password === 'string' ? password : password.toString('utf8'), 'utf16le').swap16();
}

/** BMPString with its final zero (RFC 7292, B.1): PKCS#12. The caller overwrites it. */
export function bmpPassword(password: Password): Buffer {
  const text = utf16Password(password);
  const terminated = Buffer.concat([text, Buffer.alloc(2)]);
  text.fill(0);
  return terminated;
}
