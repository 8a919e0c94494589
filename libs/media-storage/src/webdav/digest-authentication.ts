import { createHash, randomBytes } from 'node:crypto';

/** A challenge of a server, RFC 7616, 3.3. */
export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly algorithm: 'MD5' | 'SHA-256';
  readonly stale: boolean;
}

/** The strongest Digest challenge with qop=auth in a WWW-Authenticate field; undefined when there is none we can answer. */
export function parseDigestChallenge(header: string): DigestChallenge | undefined {
  const challenges = header
    .split(/(?:^|,)\s*(?=(?:Digest|Basic|Bearer|Negotiate|NTLM)\b)/i)
    .filter(part => /^Digest\b/i.test(part))
    .flatMap(part => {
      const challenge = readChallenge(part.slice('Digest'.length));
      return challenge === undefined ? [] : [challenge];
    });
  return challenges.find(({ algorithm }) => algorithm === 'SHA-256') ?? challenges[0];
}

function readChallenge(text: string): DigestChallenge | undefined {
  const values = new Map<string, string>();
  for (const [, name = '', quoted, token] of text.matchAll(/([A-Za-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g)) {
    values.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? token ?? '');
  }
  const [realm, nonce] = [values.get('realm'), values.get('nonce')];
  const algorithm = (values.get('algorithm') ?? 'MD5').toUpperCase();
  const offers = (values.get('qop') ?? '').split(',').map(offer => offer.trim());
  if (realm === undefined || nonce === undefined || !offers.includes('auth')) return undefined;
  if (algorithm !== 'MD5' && algorithm !== 'SHA-256') return undefined;
  const stale = values.get('stale')?.toLowerCase() === 'true';
  return { realm, nonce, opaque: values.get('opaque'), algorithm, stale };
}

/** Answers to one challenge; the nonce is used again, counted, until the server gives another one. */
export class DigestAuthentication {
  private count = 0;

  constructor(
    private readonly challenge: DigestChallenge,
    private readonly userName: string,
    private readonly password: string,
  ) {}

  /** The Authorization field for one request, RFC 7616, 3.4. `cnonce` is random unless told. */
  authorization(method: string, target: string, cnonce = randomBytes(16).toString('hex')): string {
    const { realm, nonce, opaque, algorithm } = this.challenge;
    this.count++;
    const nc = this.count.toString(16).padStart(8, '0');
    const digest = (text: string): string =>
      createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
        .update(text)
        .digest('hex');
    const a1 = digest(`${this.userName}:${realm}:${this.password}`);
    const a2 = digest(`${method}:${target}`);
    const response = digest(`${a1}:${nonce}:${nc}:${cnonce}:auth:${a2}`);
    const fields = [
      `username=${quote(this.userName)}`,
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
}

const quote = (text: string): string => `"${text.replace(/(["\\])/g, '\\$1')}"`;
