import * as pkcs11 from 'pkcs11js';
import { ckrOf } from '../errors/ckr-names.js';
import { paddedText } from '../location/padded-text.js';
import { generatingMechanisms, keyPairMechanisms } from '../keys/key-pair-mechanisms.js';
import type { TokenModule } from './token-module.js';

/** What the token says of itself. */
export interface TokenDescription {
  readonly label: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serialNumber: string;
  readonly firmwareVersion: string;
  /** Names of the mechanisms that matter here. */
  readonly mechanisms: readonly string[];
  readonly capabilities: TokenCapabilities;
  /** What wrong tries before this log-in have left of the PIN. */
  readonly pin: 'good' | 'few-tries' | 'final-try' | 'locked';
  /** CKF_WRITE_PROTECTED: what it holds works, and nothing can be changed. */
  readonly writeProtected: boolean;
}

export interface TokenCapabilities {
  /** CKM_RSA_X_509: paddings are judged here, in constant time, with every hash. */
  readonly rawRsa: boolean;
  /** CKM_RSA_PKCS and CKM_RSA_PKCS_OAEP: the token judges paddings. */
  readonly paddings: readonly ('rsaes-pkcs1-v1_5' | 'rsaes-oaep')[];
  readonly keyGeneration: boolean;
  readonly signatures: boolean;
  /** Private keys can be imported wrapped. */
  readonly keyUnwrapping: boolean;
  /** The most sessions the token allows at a time; undefined when it says nothing of it. */
  readonly maximumSessions: number | undefined;
}

const interestingMechanisms = {
  CKM_RSA_PKCS: pkcs11.CKM_RSA_PKCS,
  CKM_RSA_X_509: pkcs11.CKM_RSA_X_509,
  CKM_RSA_PKCS_OAEP: pkcs11.CKM_RSA_PKCS_OAEP,
  ...keyPairMechanisms,
  CKM_SHA256_RSA_PKCS: pkcs11.CKM_SHA256_RSA_PKCS,
  CKM_AES_KEY_WRAP_PAD: pkcs11.CKM_AES_KEY_WRAP_PAD,
  CKM_AES_KEY_WRAP_KWP: 0x210b,
} as const;

const { CKF_DECRYPT, CKF_SIGN, CKF_UNWRAP, CKF_GENERATE_KEY_PAIR } = pkcs11;

/** The mechanisms a token offers, by the uses that it allows for them. */
export class MechanismList {
  private readonly flags: ReadonlyMap<number, number>;

  constructor({ library }: TokenModule, slot: pkcs11.Handle) {
    const offered = new Set(library.C_GetMechanismList(slot));
    const interesting = Object.values(interestingMechanisms).filter(mechanism => offered.has(mechanism));
    this.flags = new Map(interesting.map(mechanism => [mechanism, flagsOf(library, slot, mechanism)]));
  }

  get names(): string[] {
    return Object.entries(interestingMechanisms).flatMap(([name, value]) => (this.flags.has(value) ? [name] : []));
  }

  allows(mechanism: number, use: number): boolean {
    return ((this.flags.get(mechanism) ?? 0) & use) !== 0;
  }
}

/** None for a mechanism that the token lists and does not describe. */
function flagsOf(library: pkcs11.PKCS11, slot: pkcs11.Handle, mechanism: number): number {
  try {
    return library.C_GetMechanismInfo(slot, mechanism).flags;
  } catch (error) {
    if (ckrOf(error) === undefined) throw error;
    return 0;
  }
}

export function describeToken(info: pkcs11.TokenInfo, mechanisms: MechanismList): TokenDescription {
  const { major, minor } = info.firmwareVersion;
  const keyWrapping = [interestingMechanisms.CKM_AES_KEY_WRAP_PAD, interestingMechanisms.CKM_AES_KEY_WRAP_KWP];
  return {
    label: paddedText(info.label),
    manufacturer: paddedText(info.manufacturerID),
    model: paddedText(info.model),
    serialNumber: paddedText(info.serialNumber),
    firmwareVersion: `${major}.${minor}`,
    mechanisms: mechanisms.names,
    pin: pinState(info),
    writeProtected: (info.flags & pkcs11.CKF_WRITE_PROTECTED) !== 0,
    capabilities: {
      rawRsa: mechanisms.allows(pkcs11.CKM_RSA_X_509, CKF_DECRYPT),
      paddings: [
        ...(mechanisms.allows(pkcs11.CKM_RSA_PKCS, CKF_DECRYPT) ? (['rsaes-pkcs1-v1_5'] as const) : []),
        ...(mechanisms.allows(pkcs11.CKM_RSA_PKCS_OAEP, CKF_DECRYPT) ? (['rsaes-oaep'] as const) : []),
      ],
      keyGeneration: generatingMechanisms(mechanisms).some(one => mechanisms.allows(one, CKF_GENERATE_KEY_PAIR)),
      signatures: mechanisms.allows(pkcs11.CKM_RSA_PKCS, CKF_SIGN),
      keyUnwrapping: keyWrapping.some(mechanism => mechanisms.allows(mechanism, CKF_UNWRAP)),
      maximumSessions: maximumSessions(info),
    },
  };
}

/** 0 stands for "no limit", all-ones for "unknown" (CK_TOKEN_INFO). */
function maximumSessions({ maxSessionCount, maxRwSessionCount }: pkcs11.TokenInfo): number | undefined {
  const limits = [maxSessionCount, maxRwSessionCount].filter(count => count > 0 && count < 0xffff_ffff);
  return limits.length === 0 ? undefined : Math.min(...limits);
}

function pinState({ flags }: pkcs11.TokenInfo): TokenDescription['pin'] {
  if ((flags & pkcs11.CKF_USER_PIN_LOCKED) !== 0) return 'locked';
  if ((flags & pkcs11.CKF_USER_PIN_FINAL_TRY) !== 0) return 'final-try';
  return (flags & pkcs11.CKF_USER_PIN_COUNT_LOW) === 0 ? 'good' : 'few-tries';
}
