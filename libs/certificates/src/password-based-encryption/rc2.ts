const pi = Buffer.from(
  'd978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2' +
    '179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82' +
    '54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626' +
    '6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7' +
    '08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ec' +
    'c2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731' +
    '2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c631601' +
    '3f58e289a90d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa620' +
    '68fe7fc1ad',
  'hex',
);
const blockLength = 8;

/**
 * RC2 in CBC mode (RFC 2268), decryption only: old PKCS#12 files hide their certificates with it, and OpenSSL has moved
 * it to where Node does not reach. Padding is left in place.
 * @param effectiveBits of the key.
 * @throws RangeError when the ciphertext does not consist of whole blocks.
 */
export function decryptRc2Cbc(key: Buffer, effectiveBits: number, iv: Buffer, ciphertext: Buffer): Buffer {
  if (ciphertext.length % blockLength !== 0) throw new RangeError('the ciphertext has no whole blocks');
  const words = expandKey(key, effectiveBits);
  const plaintext = Buffer.alloc(ciphertext.length);
  let previous = iv;
  for (let offset = 0; offset < ciphertext.length; offset += blockLength) {
    const block = ciphertext.subarray(offset, offset + blockLength);
    const decrypted = decryptBlock(words, block);
    for (let i = 0; i < blockLength; i++) plaintext[offset + i] = (decrypted[i] ?? 0) ^ (previous[i] ?? 0);
    previous = block;
  }
  words.fill(0);
  return plaintext;
}

/** RFC 2268, 2. */
function expandKey(key: Buffer, effectiveBits: number): Uint16Array {
  const octets = new Uint8Array(128);
  octets.set(key);
  const at = (index: number): number => octets[index] ?? 0;
  const substitute = (index: number): number => pi[index & 0xff] ?? 0;
  for (let i = key.length; i < 128; i++) octets[i] = substitute(at(i - 1) + at(i - key.length));
  const effectiveOctets = Math.ceil(effectiveBits / 8);
  octets[128 - effectiveOctets] = substitute(
    at(128 - effectiveOctets) & (0xff >> (8 * effectiveOctets - effectiveBits)),
  );
  for (let i = 127 - effectiveOctets; i >= 0; i--) octets[i] = substitute(at(i + 1) ^ at(i + effectiveOctets));
  const words = Uint16Array.from({ length: 64 }, (_, i) => at(2 * i) | (at(2 * i + 1) << 8));
  octets.fill(0);
  return words;
}

/** RFC 2268, 4: five rounds, a mashing round, six, another, five. */
function decryptBlock(key: Uint16Array, block: Buffer): Buffer {
  const r: [number, number, number, number] = [
    block.readUInt16LE(0),
    block.readUInt16LE(2),
    block.readUInt16LE(4),
    block.readUInt16LE(6),
  ];
  let next = 63;
  const unmix = (): void => {
    r[3] = rotatedRight(r[3], 5) - (key[next--] ?? 0) - (r[2] & r[1]) - (~r[2] & r[0]);
    r[3] &= 0xffff;
    r[2] = rotatedRight(r[2], 3) - (key[next--] ?? 0) - (r[1] & r[0]) - (~r[1] & r[3]);
    r[2] &= 0xffff;
    r[1] = rotatedRight(r[1], 2) - (key[next--] ?? 0) - (r[0] & r[3]) - (~r[0] & r[2]);
    r[1] &= 0xffff;
    r[0] = rotatedRight(r[0], 1) - (key[next--] ?? 0) - (r[3] & r[2]) - (~r[3] & r[1]);
    r[0] &= 0xffff;
  };
  const unmash = (): void => {
    r[3] = (r[3] - (key[r[2] & 63] ?? 0)) & 0xffff;
    r[2] = (r[2] - (key[r[1] & 63] ?? 0)) & 0xffff;
    r[1] = (r[1] - (key[r[0] & 63] ?? 0)) & 0xffff;
    r[0] = (r[0] - (key[r[3] & 63] ?? 0)) & 0xffff;
  };
  for (let round = 0; round < 16; round++) {
    unmix();
    if (round === 4 || round === 10) unmash();
  }
  const result = Buffer.alloc(blockLength);
  r.forEach((word, index) => result.writeUInt16LE(word, 2 * index));
  return result;
}

function rotatedRight(word: number, bits: number): number {
  return ((word >>> bits) | (word << (16 - bits))) & 0xffff;
}
