import { createHash, randomBytes } from 'node:crypto';
import type { Challenge } from './www-authenticate.js';

/** What a server wants to have proved, RFC 7616, 3.3. */
export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly algorithm: 'MD5' | 'SHA-256';
  readonly stale: boolean;
  readonly utf8: boolean;
}

/** The strongest Digest challenge with qop=auth; undefined when there is none we can answer. */
export function digestChallengeOf(challenges: readonly Challenge[]): DigestChallenge | undefined {
  const answerable = challenges.flatMap(challenge => readChallenge(challenge) ?? []);
  return answerable.find(({ algorithm }) => algorithm === 'SHA-256') ?? answerable[0];
}

function readChallenge({ scheme, parameters }: Challenge): DigestChallenge | undefined {
  const [realm, nonce] = [parameters.get('realm'), parameters.get('nonce')];
  const algorithm = (parameters.get('algorithm') ?? 'MD5').toUpperCase();
  const offers = (parameters.get('qop') ?? '').split(',').map(offer => offer.trim().toLowerCase());
  if (scheme !== 'digest' || realm === undefined || nonce === undefined || !offers.includes('auth')) return undefined;
  if (algorithm !== 'MD5' && algorithm !== 'SHA-256') return undefined;
  const stale = parameters.get('stale')?.toLowerCase() === 'true';
  const utf8 = parameters.get('charset')?.toUpperCase() === 'UTF-8';
  return { realm, nonce, opaque: parameters.get('opaque'), algorithm, stale, utf8 };
}

/** Answers to one challenge; the nonce is used again, counted, until the server gives another one. */
export class DigestAuthentication {
  private count = 0;
  private readonly a1: string;

  constructor(
    private readonly challenge: DigestChallenge,
    private readonly userName: string,
    password: string,
  ) {
    this.a1 = this.digest(`${userName}:${challenge.realm}:${password}`);
  }

  /** The Authorization field for one request, RFC 7616, 3.4. `cnonce` is random unless told. */
  authorization(method: string, target: string, cnonce = randomBytes(16).toString('base64url')): string {
    const { realm, nonce, opaque, algorithm } = this.challenge;
    this.count++;
    const nc = this.count.toString(16).padStart(8, '0');
    const a2 = this.digest(`${method}:${target}`);
    const response = this.digest(`${this.a1}:${nonce}:${nc}:${cnonce}:auth:${a2}`);
    const fields = [
      this.userNameField(),
      `realm=${quote(realm)}`,
      `nonce=${quote(nonce)}`,
      `uri=${quote(target)}`,
      `algorithm=${algorithm}`,
      `response="${response}"`,
      'qop=auth',
      `nc=${nc}`,
      `cnonce="${cnonce}"`,
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
    const hash = createHash(this.challenge.algorithm === 'MD5' ? 'md5' : 'sha256');
    return hash.update(text).digest('hex');
  }
}

const quote = (text: string): string => `"${text.replace(/(["\\])/g, '\\$1')}"`;
const percentEncoded = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
