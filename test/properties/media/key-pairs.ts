import { createPrivateKey, createPublicKey, generatePrime, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const exponent = 65537n;
const prime = promisify(generatePrime) as unknown as (size: number, options: { bigint: true }) => Promise<bigint>;

/**
 * Many RSA keys of 2048 bits for the price of few: each pair of some dozens of primes makes a key. Worthless outside of
 * tests, and exactly what a token takes.
 */
export class KeyPairs {
  private next = 0;

  private constructor(private readonly primes: readonly bigint[]) {}

  static async make(primeCount: number): Promise<KeyPairs> {
    const primes: bigint[] = [];
    while (primes.length < primeCount) {
      const found = await Promise.all(Array.from({ length: 8 }, () => prime(1024, { bigint: true })));
      // With both leading bits set in each, every product has 2048 bits.
      primes.push(...found.filter(value => value >> 1022n === 3n && (value - 1n) % exponent !== 0n));
    }
    return new KeyPairs(primes.slice(0, primeCount));
  }

  get capacity(): number {
    return (this.primes.length * (this.primes.length - 1)) / 2;
  }

  /** A pair that was not taken before. */
  take(): KeyPair {
    let index = this.next++;
    for (let second = 1; second < this.primes.length; second++) {
      if (index < second) return pairOf(this.primes[index]!, this.primes[second]!);
      index -= second;
    }
    throw new Error(`more than ${this.capacity} key pairs: make more primes`);
  }
}

function pairOf(a: bigint, b: bigint): KeyPair {
  const [p, q] = a > b ? [a, b] : [b, a];
  const d = inverse(exponent, (p - 1n) * (q - 1n));
  const parts = { n: p * q, e: exponent, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const key = Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, base64url(value)]));
  const privateKey = createPrivateKey({ key: { kty: 'RSA', ...key }, format: 'jwk' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [r, next, s, nextS] = [modulus, value % modulus, 0n, 1n];
  while (next !== 0n) {
    const quotient = r / next;
    [r, next] = [next, r - quotient * next];
    [s, nextS] = [nextS, s - quotient * nextS];
  }
  return ((s % modulus) + modulus) % modulus;
}

function base64url(value: bigint): string {
  const digits = value.toString(16);
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex').toString('base64url');
}
