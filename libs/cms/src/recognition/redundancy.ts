/**
 * How many bits fewer these bytes take in a code that learns as it goes than as they stand; the better of two such codes,
 * one of bytes and one of their upper halves. Ciphertext, and what a wrong key makes of it, is random: such a code shortens
 * it by `n` bits with a probability of at most 2^-n (Kraft's inequality), whatever the length. Speech in G.711 or PCM, and
 * text, is much shorter; compressed media is not.
 */
export function redundancyBits(bytes: Buffer): number {
  const ofBytes = savedBits(bytes, 256, 8, byte => byte);
  const ofUpperHalves = savedBits(bytes, 16, 4, byte => byte >>> 4);
  // One bit for the choice between the two.
  return Math.max(0, Math.floor(Math.max(ofBytes, ofUpperHalves) - 1));
}

/** Against the code of Krichevsky and Trofimov, which counts each symbol from one half on. */
function savedBits(bytes: Buffer, symbols: number, plainBits: number, symbolOf: (byte: number) => number): number {
  const counts = new Float64Array(symbols).fill(0.5);
  let total = symbols / 2;
  let saved = 0;
  for (const byte of bytes) {
    const symbol = symbolOf(byte);
    const count = counts[symbol] ?? 0;
    saved += plainBits + Math.log2(count / total);
    counts[symbol] = count + 1;
    total++;
  }
  return saved;
}

/** Shannon's entropy of the bytes, in bits per byte; near 8 for ciphertext and compressed media. */
export function entropyOf(bytes: Buffer): number {
  const counts = new Float64Array(256);
  for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1;
  let entropy = 0;
  for (const count of counts) if (count > 0) entropy -= (count / bytes.length) * Math.log2(count / bytes.length);
  return entropy;
}
