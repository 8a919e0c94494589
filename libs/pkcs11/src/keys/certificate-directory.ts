import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TokenError } from '../errors/token-error.js';
import { certificateNames } from './certificate-names.js';
import { ownerOf } from './key-owner.js';
import type { CertificateObject, CertificatesElsewhere, PrivateKeyObject } from './read-keys.js';
import { withoutLeadingZeros } from './subject-key-identifier.js';

type Kept = Pick<CertificateObject, 'label' | 'der'>;

const fileName = /^[0-9a-f]{64}\.json$/;
/** More are not read: each is in the memory of the vault. */
const mostFiles = 10_000;
const mostBytes = 65_536;

/**
 * Certificates of a token that has no certificate objects, one file for each, written once. Nobody vouches for the files:
 * what one says counts only beside a key that the token itself shows, with the same public key and the same owner.
 * Damaged ones are no certificates; importing again writes them anew.
 */
export class CertificateDirectory implements CertificatesElsewhere {
  private readonly known = new Map<string, CertificateObject>();

  private constructor(private readonly path: string) {}

  /** Makes the directory where it is not there. @throws TokenError refused, naming the option */
  static open(path: string): CertificateDirectory {
    const directory = new CertificateDirectory(path);
    directory.attempt(() => mkdirSync(path, { recursive: true, mode: 0o700 }));
    return directory;
  }

  /** The certificates that belong to these keys, as they are on the disk now; the same objects as before where nothing changed. */
  of(privateKeys: readonly PrivateKeyObject[]): CertificateObject[] {
    const names = this.attempt(() => readdirSync(this.path)).filter(name => fileName.test(name));
    const present = new Set(names.slice(0, mostFiles));
    for (const name of this.known.keys()) if (!present.has(name)) this.known.delete(name);
    for (const name of present) {
      if (this.known.has(name)) continue;
      const certificate = readCertificate(join(this.path, name), name);
      if (certificate !== undefined) this.known.set(name, certificate);
    }
    return [...this.known.values()].filter(certificate => privateKeys.some(key => belongs(certificate, key)));
  }

  /** @throws TokenError refused, naming the option */
  put(certificate: Kept): void {
    const name = nameOf(certificate);
    const temporary = join(this.path, `.${name}.${randomBytes(6).toString('hex')}.part`);
    const content = JSON.stringify({ label: certificate.label, certificate: certificate.der.toString('base64') });
    this.attempt(() => {
      try {
        writeFileSync(temporary, `${content}\n`, { flag: 'wx', mode: 0o600, flush: true });
        renameSync(temporary, join(this.path, name));
      } finally {
        rmSync(temporary, { force: true });
      }
    });
  }

  /** @throws TokenError refused, naming the option */
  remove(certificate: Kept): void {
    this.attempt(() => rmSync(join(this.path, nameOf(certificate)), { force: true }));
  }

  private attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const { code = 'unknown error' } = error as NodeJS.ErrnoException;
      const next = 'it has to be a directory with space, where the key vault may write';
      throw new TokenError('refused', `certificateDirectory ${this.path} cannot be used (${code}): ${next}`, {
        cause: error,
      });
    }
  }
}

/** The whole public key is compared: a certificate must not make somebody encrypt to another one. */
const belongs = ({ label, names }: CertificateObject, key: PrivateKeyObject): boolean =>
  names.modulus?.equals(key.modulus) === true &&
  names.publicExponent?.equals(withoutLeadingZeros(key.publicExponent)) === true &&
  ownerOf(label) === ownerOf(key.label);

/** By its content, so that none takes the place of another. */
const nameOf = ({ label, der }: Kept): string =>
  `${createHash('sha256').update(`${label}\0`).update(der).digest('hex')}.json`;

function readCertificate(path: string, name: string): CertificateObject | undefined {
  const kept = readKept(path);
  if (kept === undefined || nameOf(kept) !== name) return undefined;
  const names = certificateNames(kept.der);
  return names === undefined ? undefined : { ...kept, handle: undefined, id: Buffer.alloc(0), names };
}

function readKept(path: string): Kept | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    if (text.length > mostBytes) return undefined;
    const { label, certificate } = JSON.parse(text) as Record<string, unknown>;
    if (typeof label !== 'string' || typeof certificate !== 'string') return undefined;
    return { label, der: Buffer.from(certificate, 'base64') };
  } catch (error) {
    // Removed meanwhile by another vault, or damaged.
    if (error instanceof SyntaxError || error instanceof TypeError || isMissing(error)) return undefined;
    throw error;
  }
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';
