import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { decryptSecret, encryptSecret, RcsError } from '#platform';
import type { HawkCredential, KeyManagerOwner, KeyManagerScope, LocalKeyManagerStore } from '#store';
import { storeTokens } from '../dependencies/injection-tokens.js';

/** A shared key that serves now, and whose it is. */
export interface HawkKey {
  readonly key: string;
  readonly owner: KeyManagerOwner;
}

/** What a caller needs to sign; the only time that the key is told. */
export interface IssuedCredential {
  readonly id: string;
  readonly authKey: string;
  readonly algorithm: 'sha256';
}

/** What allows a registration: somebody who may act for a contact center, or the token of an invitation to one. */
export type RegistrationRight = { readonly contactCenter: string } | { readonly invitation: string };

export interface Registration {
  readonly issued: IssuedCredential;
  readonly owner: KeyManagerOwner;
}

/** The one text for every id that cannot be registered, as the example service has it. */
export const unusableId = 'authentication needs a unique id and must be over 5 characters';

/** What the keys of credentials are encrypted with. */
export const MASTER_KEY = Symbol('master key');

const keyBits = 130;
const longestOverlapSeconds = 30 * 86_400;
const shortestInvitation = 60;
const longestInvitation = 7 * 86_400;

/** The credentials of callers. Their keys are encrypted wherever they lie; changes are in force at once everywhere. */
@Injectable()
export class HawkCredentials {
  constructor(
    @Inject(storeTokens.localKeyManager) private readonly store: LocalKeyManagerStore,
    @Inject(MASTER_KEY) private readonly masterKey: Buffer,
    @Optional() private readonly now: () => number = Date.now,
  ) {}

  /**
   * The keys with which a request of this id may be signed: the current ones first, then those of before a rotation.
   * Whichever it is says which contact center's credential signed. None for an unknown or revoked id.
   */
  async keysOf(id: string): Promise<readonly HawkKey[]> {
    const inForce = (await this.store.credentialsOfId(id)).filter(({ revokedAt }) => revokedAt === undefined);
    const current = inForce.map(credential => this.keyOf(credential, credential.encryptedKey));
    const previous = inForce.flatMap(credential => {
      const former = credential.previous;
      const serves = former !== undefined && Date.parse(former.validUntil) > this.now();
      return serves ? [this.keyOf(credential, former.encryptedKey)] : [];
    });
    return [...current, ...previous];
  }

  list(scope: KeyManagerScope): Promise<readonly HawkCredential[]> {
    return this.store.credentials(scope);
  }

  /**
   * Makes a credential. An id is free unless this very contact center has used it: what others have does not show.
   * @param id 6 to 128 printable ASCII characters that a Hawk header field can carry
   * @throws RcsError RCS_INVALID_VALUE for an id that is too short, unprintable or taken, RCS_AUTHENTICATION_REQUIRED for
   * an invitation that is used, expired or none.
   */
  async register(id: unknown, createdBy: string, right: RegistrationRight): Promise<Registration> {
    const checked = checkedId(id);
    const authKey = newKey();
    const credential = {
      id: checked,
      encryptedKey: encryptSecret(authKey, this.masterKey),
      createdAt: this.time(),
      createdBy,
    };
    const registered = await this.store.register(
      'invitation' in right
        ? { credential, invitation: hashOf(right.invitation) }
        : { credential: { ...credential, contactCenter: right.contactCenter } },
    );
    switch (registered) {
      case 'exists':
        throw new RcsError('RCS_INVALID_VALUE', `the Hawk id ${checked} exists`, { publicDetail: unusableId });
      case 'invitation-invalid':
        throw new RcsError('RCS_AUTHENTICATION_REQUIRED', 'the invitation is used, expired or none');
      default:
        return { issued: { id: checked, authKey, algorithm: 'sha256' }, owner: registered.contactCenter };
    }
  }

  /** A new key; the one of before serves for the seconds of the overlap. @throws RcsError RCS_NOT_FOUND. */
  async rotate(id: string, scope: KeyManagerScope, overlapSeconds: number): Promise<Registration> {
    checkSeconds('overlapSeconds', overlapSeconds, 0, longestOverlapSeconds);
    const owner = await this.ownerOf(id, scope);
    const authKey = newKey();
    const rotated = await this.store.rotate({
      ...{ id, owner },
      encryptedKey: encryptSecret(authKey, this.masterKey),
      at: this.time(),
      ...(overlapSeconds === 0 ? {} : { previousValidUntil: this.time(overlapSeconds) }),
    });
    if (rotated === undefined) throw unknown(id);
    return { issued: { id, authKey, algorithm: 'sha256' }, owner };
  }

  /** @throws RcsError RCS_NOT_FOUND when there is no such credential, or it is revoked. */
  async revoke(id: string, scope: KeyManagerScope, by: string): Promise<HawkCredential> {
    const revoked = await this.store.revoke({ id, owner: await this.ownerOf(id, scope), at: this.time(), by });
    if (revoked === undefined) throw unknown(id);
    return revoked;
  }

  /** A token with which one credential of the contact center may be registered, once. */
  async invite(
    validForSeconds: number,
    contactCenter: string,
    createdBy: string,
  ): Promise<{ token: string; expiresAt: string }> {
    checkSeconds('validForSeconds', validForSeconds, shortestInvitation, longestInvitation);
    const token = randomBytes(32).toString('base64url');
    const expiresAt = this.time(validForSeconds);
    await this.store.invite({ tokenHash: hashOf(token), contactCenter, expiresAt, createdBy });
    return { token, expiresAt };
  }

  /** Whoever sees everything names an id that several contact centers have together with one of them. */
  private async ownerOf(id: string, scope: KeyManagerScope): Promise<KeyManagerOwner> {
    if (scope !== 'everything') return scope.owner;
    const [only, another] = (await this.store.credentialsOfId(id)).filter(({ revokedAt }) => revokedAt === undefined);
    if (only === undefined) throw unknown(id);
    if (another === undefined) return only.contactCenter;
    const publicDetail = `contactCenter: several have a credential ${id}, name one`;
    throw new RcsError('RCS_INVALID_VALUE', publicDetail, { publicDetail });
  }

  private keyOf({ contactCenter }: HawkCredential, encryptedKey: string): HawkKey {
    try {
      return { key: decryptSecret(encryptedKey, this.masterKey), owner: contactCenter };
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
