import { createHash, randomBytes } from 'node:crypto';
import { decryptSecret, encryptSecret, RcsError } from '#platform';
import type { HawkCredential, LocalKeyManagerStore } from '#store';

/** The shared keys of one credential. */
export interface HawkKeys {
  readonly current: string;
  /** Those of before, as long as they serve. */
  readonly previous: readonly string[];
}

/** What a caller needs to sign; the only time that the key is told. */
export interface IssuedCredential {
  readonly id: string;
  readonly authKey: string;
  readonly algorithm: 'sha256';
}

/** The one text for every id that cannot be registered, as the example service has it. */
export const unusableId = 'authentication needs a unique id and must be over 5 characters';

const keyBits = 130;
const longestOverlapSeconds = 30 * 86_400;
const shortestInvitation = 60;
const longestInvitation = 7 * 86_400;

/** The credentials of callers. Their keys are encrypted wherever they lie; changes are in force at once everywhere. */
export class HawkCredentials {
  constructor(
    private readonly store: LocalKeyManagerStore,
    private readonly masterKey: Buffer,
    private readonly now: () => number = Date.now,
  ) {}

  /** undefined for an unknown or revoked id. */
  async keysOf(id: string): Promise<HawkKeys | undefined> {
    const credential = await this.store.credential(id);
    if (credential === undefined || credential.revokedAt !== undefined) return undefined;
    const { encryptedKey, previous } = credential;
    const serves = previous !== undefined && Date.parse(previous.validUntil) > this.now();
    return {
      current: this.decrypt(encryptedKey),
      previous: serves ? [this.decrypt(previous.encryptedKey)] : [],
    };
  }

  list(): Promise<readonly HawkCredential[]> {
    return this.store.credentials();
  }

  /**
   * Makes a credential.
   * @param id 6 to 128 printable ASCII characters that a Hawk header field can carry
   * @param invitation the token that allows it, when nothing else does
   * @throws RcsError RCS_INVALID_VALUE for an id that is too short, unprintable or taken, RCS_AUTHENTICATION_REQUIRED for
   * an invitation that is used, expired or none.
   */
  async register(id: unknown, createdBy: string, invitation?: string): Promise<IssuedCredential> {
    const checked = checkedId(id);
    const authKey = newKey();
    const credential = {
      id: checked,
      encryptedKey: encryptSecret(authKey, this.masterKey),
      createdAt: this.time(),
      createdBy,
    };
    const used = invitation === undefined ? {} : { invitation: hashOf(invitation) };
    switch (await this.store.register({ credential, ...used })) {
      case 'created':
        return { id: checked, authKey, algorithm: 'sha256' };
      case 'exists':
        throw new RcsError('RCS_INVALID_VALUE', `the Hawk id ${checked} exists`, { publicDetail: unusableId });
      case 'invitation-invalid':
        throw new RcsError('RCS_AUTHENTICATION_REQUIRED', 'the invitation is used, expired or none');
    }
  }

  /** A new key; the one of before serves for the seconds of the overlap. @throws RcsError RCS_NOT_FOUND. */
  async rotate(id: string, overlapSeconds: number): Promise<IssuedCredential> {
    checkSeconds('overlapSeconds', overlapSeconds, 0, longestOverlapSeconds);
    const authKey = newKey();
    const rotated = await this.store.rotate({
      id,
      encryptedKey: encryptSecret(authKey, this.masterKey),
      at: this.time(),
      ...(overlapSeconds === 0 ? {} : { previousValidUntil: this.time(overlapSeconds) }),
    });
    if (rotated === undefined) throw unknown(id);
    return { id, authKey, algorithm: 'sha256' };
  }

  /** @throws RcsError RCS_NOT_FOUND when there is no such credential, or it is revoked. */
  async revoke(id: string, by: string): Promise<HawkCredential> {
    const revoked = await this.store.revoke({ id, at: this.time(), by });
    if (revoked === undefined) throw unknown(id);
    return revoked;
  }

  /** A token with which one credential may be registered, once. */
  async invite(validForSeconds: number, createdBy: string): Promise<{ token: string; expiresAt: string }> {
    checkSeconds('validForSeconds', validForSeconds, shortestInvitation, longestInvitation);
    const token = randomBytes(32).toString('base64url');
    const expiresAt = this.time(validForSeconds);
    await this.store.invite({ tokenHash: hashOf(token), expiresAt, createdBy });
    return { token, expiresAt };
  }

  private decrypt(encryptedKey: string): string {
    try {
      return decryptSecret(encryptedKey, this.masterKey);
    } catch (error) {
      throw new RcsError('RCS_INTERNAL', 'a Hawk key was encrypted with another master key', { cause: error });
    }
  }

  private time(secondsAhead = 0): string {
    return new Date(this.now() + secondsAhead * 1000).toISOString();
  }
}

/** 130 random bits as a decimal number, the form that the example service gives out. */
function newKey(): string {
  const bytes = randomBytes(Math.ceil(keyBits / 8));
  const number = BigInt(`0x${bytes.toString('hex')}`) >> BigInt(bytes.length * 8 - keyBits);
  return number.toString();
}

function checkedId(id: unknown): string {
  if (typeof id === 'string' && /^[\x20-\x7e]{6,128}$/.test(id) && !/["\\]/.test(id)) return id;
  throw new RcsError('RCS_INVALID_VALUE', 'bad Hawk id', { publicDetail: unusableId });
}

function checkSeconds(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RcsError('RCS_INVALID_VALUE', `bad ${name}`, {
    publicDetail: `${name} must be a whole number from ${least} to ${most}`,
  });
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

const unknown = (id: string): RcsError =>
  new RcsError('RCS_NOT_FOUND', `no Hawk credential ${JSON.stringify(id)} in force`);
