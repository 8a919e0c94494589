import { CertificateError } from '../certificate-error.js';

/**
 * How much work a file may ask for, lest a hostile one stops the process: iterations inside OpenSSL (PBKDF2, as many as
 * Java allows itself) and those of the older derivations, which run here, one hash after the other.
 */
const nativeIterations = 5_000_000;
const ownIterations = 3_000_000;
/** Of scrypt (RFC 7914): 128 * N * r octets, and blocks it works through. */
const scryptMemory = 256 * 1024 * 1024;
const scryptBlocks = 2 ** 24;
const longestSalt = 1024;

/** Adds up the work of opening one file. */
export class WorkLimit {
  private native = 0;
  private own = 0;

  /** @throws CertificateError ENCRYPTION_TOO_COSTLY; RangeError for no iteration at all. */
  spendNative(iterations: number): void {
    requireSome(iterations);
    this.native += iterations;
    if (this.native > nativeIterations) throw tooCostly(`more than ${nativeIterations} iterations`);
  }

  /** @throws CertificateError ENCRYPTION_TOO_COSTLY; RangeError for no iteration at all. */
  spendOwn(iterations: number): void {
    requireSome(iterations);
    this.own += iterations;
    if (this.own > ownIterations) throw tooCostly(`more than ${ownIterations} iterations`);
  }

  /** @returns the memory scrypt may take. @throws CertificateError ENCRYPTION_TOO_COSTLY */
  spendScrypt(cost: number, blockSize: number, parallelization: number): number {
    if (128 * cost * blockSize > scryptMemory || cost * blockSize * parallelization > scryptBlocks) {
      throw tooCostly('too much memory or time');
    }
    this.spendNative(1);
    return 2 * scryptMemory;
  }
}

/** @throws RangeError */
export function checkedSalt(salt: Buffer): Buffer {
  if (salt.length > longestSalt) throw new RangeError('the salt is too long');
  return salt;
}

function requireSome(iterations: number): void {
  if (iterations < 1) throw new RangeError('the iteration count is zero');
}

function tooCostly(what: string): CertificateError {
  return new CertificateError(
    'ENCRYPTION_TOO_COSTLY',
    `opening the file would take ${what}: write it again with a lower iteration count`,
  );
}
