import { createHash, randomBytes } from 'node:crypto';
import type { Challenge } from './www-authenticate.js';

/** What a server wants to have proved, RFC 7616, 3.3. */
export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly algorithm: DigestAlgorithm;
  /** The algorithm as the server wrote it, if it did. */
  readonly written: string | undefined;
  /** Without `qop`, as RFC 2069 servers and IIS ask: no count and no client nonce in the answer (RFC 2617, 3.2.2.1). */
  readonly qop: 'auth' | undefined;
  readonly stale: boolean;
  readonly utf8: boolean;
}

/** From the weakest to the strongest; `-sess` is no stronger than the same without. */
const algorithms = ['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess', 'SHA-512-256', 'SHA-512-256-sess'] as const;
export type DigestAlgorithm = (typeof algorithms)[number];

/** The strongest Digest challenge that can be answered; undefined when there is none. */
export function digestChallengeOf(challenges: readonly Challenge[]): DigestChallenge | undefined {
  const answerable = challenges.flatMap(challenge => readChallenge(challenge) ?? []);
  const strength = ({ algorithm }: DigestChallenge): number => Math.floor(algorithms.indexOf(algorithm) / 2);
  return answerable.sort((a, b) => strength(b) - strength(a))[0];
}

function readChallenge({ scheme, parameters }: Challenge): DigestChallenge | undefined {
  const [realm, nonce, qops] = [parameters.get('realm'), parameters.get('nonce'), parameters.get('qop')];
  const written = parameters.get('algorithm');
  const algorithm = algorithms.find(known => known.toLowerCase() === (written ?? 'MD5').toLowerCase());
  if (scheme !== 'digest' || realm === undefined || nonce === undefined || algorithm === undefined) return undefined;
  const offers = qops?.split(',').map(offer => offer.trim().toLowerCase());
  if (offers?.includes('auth') === false) return undefined;
  const stale = parameters.get('stale')?.toLowerCase() === 'true';
  const utf8 = parameters.get('charset')?.toUpperCase() === 'UTF-8';
  const qop = offers === undefined ? undefined : 'auth';
  return { realm, nonce, opaque: parameters.get('opaque'), algorithm, written, qop, stale, utf8 };
}

const hashNames = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' } as const;

/** Answers to one challenge; the nonce is used again, counted, until the server gives another one. */
export class DigestAuthentication {
  private count = 0;
  private sessionNonce: string | undefined;
  private readonly a1: string;

  constructor(
    private readonly challenge: DigestChallenge,
    private readonly userName: string,
    password: string,
  ) {
    this.a1 = this.digest(`${userName}:${challenge.realm}:${password}`);
  }

  /** The Authorization field for one request, RFC 7616, 3.4. `random` is for the client nonce. */
  authorization(method: string, target: string, random = randomBytes(16).toString('base64url')): string {
    const { realm, nonce, opaque, algorithm, written, qop } = this.challenge;
    this.count++;
    const nc = this.count.toString(16).padStart(8, '0');
    const isSession = algorithm.endsWith('-sess');
    // A session has the client nonce of its first request: whether a server computes its key once or each time is the same.
    const cnonce = isSession ? (this.sessionNonce ??= random) : random;
    const a1 = isSession ? this.digest(`${this.a1}:${nonce}:${cnonce}`) : this.a1;
    const a2 = this.digest(`${method}:${target}`);
    const proof = qop === undefined ? `${nonce}:${a2}` : `${nonce}:${nc}:${cnonce}:${qop}:${a2}`;
    const response = this.digest(`${a1}:${proof}`);
    const fields = [
      this.userNameField(),
      `realm=${quote(realm)}`,
      `nonce=${quote(nonce)}`,
      `uri=${quote(target)}`,
      // A server that names no algorithm may know no such parameter.
      ...(written === undefined && qop === undefined ? [] : [`algorithm=${algorithm}`]),
      `response="${response}"`,
      ...(qop === undefined ? [] : [`qop=${qop}`, `nc=${nc}`]),
      ...(qop === undefined && !isSession ? [] : [`cnonce="${cnonce}"`]),
      ...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
    ];
    return `Digest ${fields.join(', ')}`;
  }

  /** Other characters than ASCII: RFC 7616, 3.4, for servers that speak of UTF-8, and the plain bytes for all others. */
  private userNameField(): string {
    if (this.challenge.utf8 && /[^\x20-\x7e]/.test(this.userName))
      return `username*=UTF-8''${encodeURIComponent(this.userName).replace(/['()*]/g, percentEncoded)}`;
    return `username=${quote(Buffer.from(this.userName, 'utf8').toString('latin1'))}`;
  }

  private digest(text: string): string {
    const name = this.challenge.algorithm.replace(/-sess$/, '') as keyof typeof hashNames;
    return createHash(hashNames[name]).update(text).digest('hex');
  }
}

const quote = (text: string): string => `"${text.replace(/(["\\])/g, '\\$1')}"`;
const percentEncoded = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
