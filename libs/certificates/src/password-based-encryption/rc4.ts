/**
 * RC4, which is its own inverse: very old PKCS#12 files hide keys and certificates with it (RFC 7292, C), and OpenSSL has
 * moved it to where Node does not reach.
 */
export function rc4(key: Buffer, input: Buffer): Buffer {
  const state = scheduled(key);
  const at = (index: number): number => state[index & 0xff] ?? 0;
  const output = Buffer.alloc(input.length);
  let [i, j] = [0, 0];
  for (const [offset, octet] of input.entries()) {
    i = (i + 1) & 0xff;
    j = (j + at(i)) & 0xff;
    swap(state, i, j);
    output[offset] = octet ^ at(at(i) + at(j));
  }
  state.fill(0);
  return output;
}

function scheduled(key: Buffer): Uint8Array {
  const state = Uint8Array.from({ length: 256 }, (_, index) => index);
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + (state[i] ?? 0) + (key[i % key.length] ?? 0)) & 0xff;
    swap(state, i, j);
  }
  return state;
}

function swap(state: Uint8Array, one: number, other: number): void {
  const octet = state[one] ?? 0;
  state[one] = state[other] ?? 0;
  state[other] = octet;
}
