import * as pkcs11 from 'pkcs11js';
import type { OaepHash } from './oaep.js';
import type { KeyEncryptionScheme } from './key-encryption-scheme.js';

/** CKZ_DATA_SPECIFIED */
const labelIsGiven = 1;
/** CKM, CKG of each hash. */
const hashes: Readonly<Record<OaepHash, readonly [number, number]>> = {
  sha1: [pkcs11.CKM_SHA_1, pkcs11.CKG_MGF1_SHA1],
  sha224: [pkcs11.CKM_SHA224, pkcs11.CKG_MGF1_SHA224],
  sha256: [pkcs11.CKM_SHA256, pkcs11.CKG_MGF1_SHA256],
  sha384: [pkcs11.CKM_SHA384, pkcs11.CKG_MGF1_SHA384],
  sha512: [pkcs11.CKM_SHA512, pkcs11.CKG_MGF1_SHA512],
};

/** The mechanism by which the token judges the padding itself. */
export function mechanismOf(scheme: KeyEncryptionScheme): pkcs11.Mechanism {
  if (scheme.scheme === 'rsaes-pkcs1-v1_5') return { mechanism: pkcs11.CKM_RSA_PKCS };
  const [hashAlg] = hashes[scheme.hash];
  const [, mgf] = hashes[scheme.mgfHash];
  const parameter = {
    type: pkcs11.CK_PARAMS_RSA_OAEP,
    hashAlg,
    mgf,
    source: labelIsGiven,
    // An empty one that points somewhere is refused by NSS (PKCS#11 2.40, 2.1.8).
    ...(scheme.label.length === 0 ? {} : { sourceData: scheme.label }),
  };
  return { mechanism: pkcs11.CKM_RSA_PKCS_OAEP, parameter };
}
