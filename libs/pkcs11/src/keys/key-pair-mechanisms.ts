import * as pkcs11 from 'pkcs11js';
import type { OfferedMechanisms } from './offered-mechanisms.js';

/** How tokens make RSA key pairs; in FIPS mode some offer the methods of FIPS 186 alone, under numbers of their own. */
export const keyPairMechanisms = {
  CKM_RSA_PKCS_KEY_PAIR_GEN: pkcs11.CKM_RSA_PKCS_KEY_PAIR_GEN,
  CKM_RSA_X9_31_KEY_PAIR_GEN: pkcs11.CKM_RSA_X9_31_KEY_PAIR_GEN,
  /** Thales Luna, cryptoki_v2.h */
  CKM_RSA_FIPS_186_3_PRIME_KEY_PAIR_GEN: 0x8000_0143,
  CKM_RSA_FIPS_186_3_AUX_PRIME_KEY_PAIR_GEN: 0x8000_0142,
} as const;

/** Those that the token offers, the usual one first; the usual one also where it offers none, so that it can say why not. */
export function generatingMechanisms(offered: OfferedMechanisms): readonly [number, ...number[]] {
  const [first, ...others] = Object.values(keyPairMechanisms).filter(mechanism =>
    offered.allows(mechanism, pkcs11.CKF_GENERATE_KEY_PAIR),
  );
  return first === undefined ? [pkcs11.CKM_RSA_PKCS_KEY_PAIR_GEN] : [first, ...others];
}
