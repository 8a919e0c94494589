import { DigestAuthentication, parseDigestChallenge } from './digest-authentication.js';

/**
 * The credentials of a storage. Nothing is sent before the storage has asked, so that a password never goes out as Basic
 * to a storage that wants Digest; what it asked for is remembered for all further requests.
 */
export class WebDavCredentials {
  private digest: DigestAuthentication | undefined;
  private basic: string | undefined;

  constructor(
    private readonly userName: string | undefined,
    private readonly password: string | undefined,
  ) {}

  authorization(method: string, target: string): string | undefined {
    return this.digest?.authorization(method, target) ?? this.basic;
  }

  /** Takes a 401 into account. Answers whether another try makes sense. */
  challenged(header: string, sent: string | undefined): boolean {
    if (this.userName === undefined) return false;
    const password = this.password ?? '';
    const challenge = parseDigestChallenge(header);
    if (challenge !== undefined) {
      if (sent?.startsWith('Digest') === true && !challenge.stale) return false;
      this.digest = new DigestAuthentication(challenge, this.userName, password);
      return true;
    }
    if (!/(?:^|,)\s*Basic\b/i.test(header) || sent !== undefined) return false;
    this.basic = `Basic ${Buffer.from(`${this.userName}:${password}`).toString('base64')}`;
    return true;
  }
}
