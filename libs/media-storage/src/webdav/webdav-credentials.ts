import { DigestAuthentication, digestChallengeOf } from './digest-authentication.js';
import { parseChallenges } from './www-authenticate.js';

/** The credentials of a server as requests carry them. */
export interface RequestCredentials {
  authorization(method: string, target: string): string | undefined;
  /** Takes the WWW-Authenticate field of a 401 into account. Answers whether another try makes sense. */
  challenged(field: string, sent: string | undefined): boolean;
}

export const basicAuthorization = (userName: string, password: string): string =>
  `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}`;

/**
 * The credentials of a storage. Nothing is sent before the storage has asked, so that a password never goes out as Basic
 * to a storage that wants Digest; what it asked for is remembered for all further requests.
 */
export class WebDavCredentials implements RequestCredentials {
  private digest: DigestAuthentication | undefined;
  private basic: string | undefined;

  constructor(
    private readonly userName: string | undefined,
    private readonly password: string | undefined,
  ) {}

  authorization(method: string, target: string): string | undefined {
    return this.digest?.authorization(method, target) ?? this.basic;
  }

  challenged(field: string, sent: string | undefined): boolean {
    if (this.userName === undefined) return false;
    const password = this.password ?? '';
    const challenges = parseChallenges(field);
    const challenge = digestChallengeOf(challenges);
    if (challenge !== undefined) {
      // The same credentials under another nonce would be refused again, unless the nonce alone was the reason.
      if (sent?.startsWith('Digest ') === true && !challenge.stale) return false;
      this.digest = new DigestAuthentication(challenge, this.userName, password);
      return true;
    }
    if (sent !== undefined || !challenges.some(({ scheme }) => scheme === 'basic')) return false;
    this.basic = basicAuthorization(this.userName, password);
    return true;
  }
}
