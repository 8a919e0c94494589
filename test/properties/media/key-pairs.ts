import { checkPrime, createPrivateKey, createPublicKey, generatePrime, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Random } from '../world/random.js';

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const exponent = 65537n;
const bits = 1024;
const anyPrime = promisify(generatePrime) as unknown as (size: number, options: { bigint: true }) => Promise<bigint>;
const isPrime = promisify(checkPrime) as (candidate: bigint) => Promise<boolean>;
const smallPrimes = Array.from({ length: 2000 }, (_, index) => 2 * index + 3).filter(value =>
  Array.from({ length: Math.floor(Math.sqrt(value)) - 1 }, (_, index) => index + 2).every(each => value % each !== 0),
);

/**
 * Many RSA keys of 2048 bits for the price of few: each pair of some dozens of primes makes a key. Worthless outside of
 * tests, and exactly what a token takes.
 */
export class KeyPairs {
  private next = 0;

  private constructor(private readonly primes: readonly bigint[]) {}

  /** @param random the same keys in every run of the same seed; others in each where it is absent */
  static async make(primeCount: number, random?: Random): Promise<KeyPairs> {
    const primes: bigint[] = [];
    while (primes.length < primeCount) {
      const draws = Array.from({ length: 8 }, () => random?.bytes(bits / 8));
      const found = await Promise.all(
        draws.map(bytes => (bytes === undefined ? anyPrime(bits, { bigint: true }) : primeAfter(bytes))),
      );
      // With both leading bits set in each, every product has 2048 bits.
      primes.push(...found.filter(value => value >> BigInt(bits - 2) === 3n && (value - 1n) % exponent !== 0n));
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

/** One number in 355 is a prime there. */
const farthest = 1_000_000;

/** The first prime from these bytes on, with both leading bits set. */
async function primeAfter(bytes: Buffer): Promise<bigint> {
  const start = BigInt(`0x${bytes.toString('hex')}`) | (3n << BigInt(bits - 2)) | 1n;
  const rests = smallPrimes.map(prime => Number(start % BigInt(prime)));
  for (let step = 0; step < farthest; step += 2) {
    const hasSmallFactor = smallPrimes.some((prime, index) => (rests[index]! + step) % prime === 0);
    if (!hasSmallFactor && (await isPrime(start + BigInt(step)))) return start + BigInt(step);
  }
  throw new Error('no prime is near');
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
