import * as pkcs11 from 'pkcs11js';
import { ckrOf } from './ckr-names.js';
import type { TokenLocation } from './pkcs11-uri.js';
import { SessionPool, type PoolObserver } from './session-pool.js';
import { KeyIndex, readKeys } from './token-keys.js';
import { toTokenError } from './token-error.js';
import { findSlot, quietly, type TokenModule } from './token-module.js';

/** What the token says of itself. */
export interface TokenDescription {
  readonly label: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serialNumber: string;
  /** Names of the mechanisms we could use. */
  readonly mechanisms: readonly string[];
}

export interface ConnectionOptions {
  readonly location: TokenLocation;
  readonly pin: string;
  readonly sessions: number;
  readonly queueLimit: number;
  readonly observer: PoolObserver;
}

const interestingMechanisms = {
  CKM_RSA_PKCS: pkcs11.CKM_RSA_PKCS,
  CKM_RSA_X_509: pkcs11.CKM_RSA_X_509,
  CKM_RSA_PKCS_OAEP: pkcs11.CKM_RSA_PKCS_OAEP,
  CKM_RSA_PKCS_KEY_PAIR_GEN: pkcs11.CKM_RSA_PKCS_KEY_PAIR_GEN,
  CKM_SHA256_RSA_PKCS: pkcs11.CKM_SHA256_RSA_PKCS,
} as const;

/** One login to a token: its sessions and what it holds. Lost as a whole when the token goes. */
export class TokenConnection {
  private constructor(
    readonly library: pkcs11.PKCS11,
    readonly description: TokenDescription,
    readonly pool: SessionPool,
    public index: KeyIndex,
    private readonly slot: pkcs11.Handle,
  ) {}

  /** Opens all sessions and logs in once; a wrong PIN is tried exactly once. @throws TokenError */
  static open(module: TokenModule, options: ConnectionOptions): TokenConnection {
    const { library } = module;
    try {
      const { slot, info } = findSlot(module, options.location);
      const sessions = openSessions(library, slot, sessionLimit(info, options.sessions));
      const [first] = sessions as [pkcs11.Handle];
      logIn(library, first, options.pin);
      const index = new KeyIndex(readKeys(library, first));
      const pool = new SessionPool(sessions, options.queueLimit, options.observer);
      return new TokenConnection(library, describe(library, slot, info), pool, index, slot);
    } catch (error) {
      throw toTokenError(error, 'opening the token');
    }
  }

  close(): void {
    this.pool.close();
    quietly(() => this.library.C_CloseAllSessions(this.slot));
  }
}

function openSessions(library: pkcs11.PKCS11, slot: pkcs11.Handle, count: number): pkcs11.Handle[] {
  return Array.from({ length: count }, () =>
    library.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION),
  );
}

function logIn(library: pkcs11.PKCS11, session: pkcs11.Handle, pin: string): void {
  try {
    library.C_Login(session, pkcs11.CKU_USER, pin);
  } catch (error) {
    if (ckrOf(error) !== 'CKR_USER_ALREADY_LOGGED_IN') throw error;
  }
}

/** 0 and all-ones stand for "no limit" and "unknown" in CK_TOKEN_INFO. */
function sessionLimit(info: pkcs11.TokenInfo, wanted: number): number {
  const { maxRwSessionCount } = info;
  return maxRwSessionCount > 0 && maxRwSessionCount < wanted ? maxRwSessionCount : wanted;
}

function describe(library: pkcs11.PKCS11, slot: pkcs11.Handle, info: pkcs11.TokenInfo): TokenDescription {
  const offered = new Set(library.C_GetMechanismList(slot));
  return {
    label: info.label.trim(),
    manufacturer: info.manufacturerID.trim(),
    model: info.model.trim(),
    serialNumber: info.serialNumber.trim(),
    mechanisms: Object.entries(interestingMechanisms).flatMap(([name, value]) => (offered.has(value) ? [name] : [])),
  };
}
