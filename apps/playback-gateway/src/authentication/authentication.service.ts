import { setTimeout } from 'node:timers/promises';
import type { JWTPayload } from 'jose';
import { toRcsError, RcsError, type ErrorCode, type ServerSettings } from '#platform';
import type { AccountName, ContactCenter, User, UserStore } from '#store';
import { wrongCredentials, type BasicCredentials, type Credentials } from './credentials.js';
import type { OpenIdUsers } from './bearer/open-id-users.js';
import type { ContactCenterFinder } from './contact-center-finder.js';
import type { Directories } from './directory/directories.js';
import { LocalUsers } from './local-users.js';
import { identityOfName, recorderIdentity, type AdmitAttempt } from './login-identity.js';
import { RecorderAccount, type ConnectionOrigin } from './recorder-account.js';

/** Refusals whose time tells nothing of who was asked for. */
const uniform: ReadonlySet<ErrorCode> = new Set(['RCS_AUTHENTICATION_REQUIRED', 'RCS_TOO_MANY_REQUESTS']);

/** What a request says besides its credentials. */
export interface LoginHints extends ConnectionOrigin {
  /** Header field ContactCenterId. */
  readonly contactCenter?: string | undefined;
}

/** The steps that are there only where they are configured. */
export interface AuthenticationParts {
  readonly contactCenters?: ContactCenterFinder;
  readonly directories?: Directories;
  readonly openId?: OpenIdUsers;
}

/**
 * Finds out who is calling, in the order of Genesys RCS, per contact center: (1) Basic credentials, Configuration Server
 * authentication enabled: the directory decides; (2) Basic credentials, Configuration Server authentication not enabled:
 * the local users. So a contact center on a directory never falls back to a local password; only the account of the
 * configuration belongs to no contact center. Bearer tokens of an OpenID provider are a step of their own.
 */
export class AuthenticationService {
  private readonly recorder: RecorderAccount;
  private readonly local: LocalUsers;

  constructor(
    private readonly users: UserStore,
    private readonly settings: ServerSettings,
    private readonly parts: AuthenticationParts = {},
  ) {
    this.recorder = new RecorderAccount(settings);
    this.local = new LocalUsers(users, settings);
  }

  /**
   * @param admit is asked before a password is looked at, once it is known whose; without it every attempt counts as admitted
   * @throws RcsError RCS_AUTHENTICATION_REQUIRED for everything but a known, enabled user with good credentials;
   * RCS_DIRECTORY_UNAVAILABLE, RCS_OVERLOADED, RCS_STORE_UNAVAILABLE when that cannot be found out; what `admit` throws.
   */
  async authenticate(
    credentials: Credentials | undefined,
    hints: LoginHints = {},
    admit?: AdmitAttempt,
  ): Promise<User> {
    const { openId } = this.parts;
    if (credentials?.scheme === 'bearer' && openId !== undefined) {
      const { token } = credentials;
      return this.withUniformRefusalTime(async () => this.rejectReservedName(await openId.authenticate(token)));
    }
    if (credentials?.scheme !== 'basic') throw new RcsError('RCS_AUTHENTICATION_REQUIRED', 'no Basic credentials');
    // Where attempts wait in line some do so before their password is looked at, some after: both take as long in all.
    const line = { waitedMs: 0 };
    const timed: AdmitAttempt = async identity => {
      const joined = performance.now();
      await admit?.(identity).finally(() => (line.waitedMs += performance.now() - joined));
    };
    const inLine = admit === undefined ? undefined : timed;
    return this.withUniformRefusalTime(() => this.authenticateBasic(credentials, hints, inLine), line);
  }

  /**
   * The user whom the OpenID provider has let in, by the rules that hold for its bearer tokens.
   * @throws RcsError RCS_AUTHENTICATION_REQUIRED for whoever would have no session, RCS_STORE_UNAVAILABLE
   */
  async userOfProvider(claims: JWTPayload): Promise<User> {
    const { openId } = this.parts;
    if (openId === undefined) throw new RcsError('RCS_AUTHENTICATION_REQUIRED', 'there is no OpenID provider');
    return this.withUniformRefusalTime(async () => {
      const user = this.rejectReservedName(await openId.userOf(claims));
      if ((await this.userOfSession(user)) !== undefined) return user;
      throw wrongCredentials(user.name, 'the account is a local one of a contact center on a directory: no login');
    });
  }

  /**
   * The user whom a session was opened for, as it is now; undefined once it is gone or disabled.
   * @throws RcsError RCS_AUTHENTICATION_REQUIRED for a session of the recorder that comes from somewhere else
   */
  async userOfSession(account: AccountName, origin: ConnectionOrigin = {}): Promise<User | undefined> {
    if (account.source === undefined && this.recorder.is(account.name)) {
      this.recorder.checkOrigin(origin);
      return this.recorder.user;
    }
    const user = await this.users.find(account);
    if (user?.enabled !== true) return undefined;
    switch (user.source) {
      case undefined:
        return this.isLocal(user) ? user : undefined;
      case 'openid':
        return this.parts.openId === undefined ? undefined : user;
      case 'configuration-server':
        return this.currentInDirectory(user);
    }
  }

  private async authenticateBasic(
    credentials: BasicCredentials,
    hints: LoginHints,
    admit: AdmitAttempt | undefined,
  ): Promise<User> {
    if (this.recorder.is(credentials.userName)) {
      await admit?.(recorderIdentity);
      return this.recorder.authenticate(credentials, hints);
    }
    const contactCenter = await this.parts.contactCenters?.find(credentials.userName, hints.contactCenter);
    if (contactCenter === 'unknown') {
      await admit?.(identityOfName(undefined, credentials.userName));
      return this.local.refuse(credentials);
    }
    return this.rejectReservedName(await this.authenticateIn(contactCenter, credentials, admit));
  }

  private authenticateIn(
    contactCenter: ContactCenter | undefined,
    credentials: BasicCredentials,
    admit: AdmitAttempt | undefined,
  ): Promise<User> {
    const directory = contactCenter === undefined ? undefined : this.parts.directories?.of(contactCenter.id);
    if (contactCenter !== undefined && directory !== undefined) {
      return directory.authenticate(contactCenter, credentials, admit);
    }
    return this.local.authenticate(
      credentials,
      user =>
        this.isLocal(user) &&
        (contactCenter === undefined || user.contactCenter === undefined || user.contactCenter === contactCenter.id),
      contactCenter,
      admit,
    );
  }

  /** Whether the user's password may be checked here; whoever belongs to no contact center belongs to no directory. */
  private isLocal({ contactCenter, source }: User): boolean {
    if (source !== undefined) return false;
    return contactCenter === undefined || this.parts.directories?.of(contactCenter) === undefined;
  }

  private async currentInDirectory(user: User): Promise<User | undefined> {
    if (user.contactCenter === undefined) return undefined;
    const contactCenter = await this.parts.contactCenters?.find(user.name, user.contactCenter);
    if (contactCenter === undefined || contactCenter === 'unknown') return undefined;
    return this.parts.directories?.of(contactCenter.id)?.current(contactCenter, user);
  }

  /**
   * The name of the account of the configuration is that account's alone, in the audit and to people. Directories
   * compare names without case, so `OPS` could otherwise come back as `ops`.
   */
  private rejectReservedName(user: User): User {
    if (!this.recorder.is(user.name)) return user;
    throw wrongCredentials(user.name, 'the name belongs to the account of the configuration: no login');
  }

  /** Whoever is refused learns nothing from the time it took, as long as it took less than `failedLoginTimeMs`. */
  private async withUniformRefusalTime(authenticate: () => Promise<User>, line = { waitedMs: 0 }): Promise<User> {
    const started = performance.now();
    try {
      return await authenticate();
    } catch (error) {
      if (uniform.has(toRcsError(error).code)) {
        const took = performance.now() - started - line.waitedMs;
        await setTimeout(Math.max(0, this.settings.failedLoginTimeMs - took));
      }
      throw error;
    }
  }
}
