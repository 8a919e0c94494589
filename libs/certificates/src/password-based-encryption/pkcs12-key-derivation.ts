import { hash as digestOf } from 'node:crypto';

/** What the derived octets are for (RFC 7292, B.3). */
export const Pkcs12Purpose = { key: 1, initialisationVector: 2, mac: 3 } as const;

export interface Pkcs12Derivation {
  readonly hash: string;
  /** BMPString with its final zero; empty where a file was made without any password. */
  readonly password: Buffer;
  readonly salt: Buffer;
  readonly iterations: number;
}

/** RFC 7292, B.2. The caller overwrites the result. */
export function derivePkcs12(
  { hash, password, salt, iterations }: Pkcs12Derivation,
  purpose: number,
  length: number,
): Buffer {
  const blockLength = hash === 'sha384' || hash.startsWith('sha512') ? 128 : 64;
  const diversifier = Buffer.alloc(blockLength, purpose);
  const input = Buffer.concat([repeated(salt, blockLength), repeated(password, blockLength)]);
  const derived: Buffer[] = [];
  try {
    for (let done = 0; done < length;) {
      const block = iterate(hash, digestOf(hash, Buffer.concat([diversifier, input]), 'buffer'), iterations - 1);
      derived.push(block);
      done += block.length;
      addToBlocks(input, filledFrom(block, blockLength));
    }
    return Buffer.from(Buffer.concat(derived).subarray(0, length));
  } finally {
    input.fill(0);
    for (const block of derived) block.fill(0);
  }
}

function iterate(hash: string, start: Buffer, times: number): Buffer {
  let digest = start;
  for (let i = 0; i < times; i++) digest = digestOf(hash, digest, 'buffer');
  return digest;
}

/** As many copies as fill whole blocks; nothing for nothing. */
function repeated(octets: Buffer, blockLength: number): Buffer {
  return octets.length === 0
    ? Buffer.alloc(0)
    : filledFrom(octets, Math.ceil(octets.length / blockLength) * blockLength);
}

function filledFrom(octets: Buffer, length: number): Buffer {
  return Buffer.alloc(length, octets);
}

/** Each block of `input` becomes itself + addend + 1, modulo its size. */
function addToBlocks(input: Buffer, addend: Buffer): void {
  for (let start = 0; start < input.length; start += addend.length) {
    let carry = 1;
    for (let i = addend.length - 1; i >= 0; i--) {
      carry += (input[start + i] ?? 0) + (addend[i] ?? 0);
      input[start + i] = carry & 0xff;
      carry >>= 8;
    }
  }
}
