import type * as pkcs11 from 'pkcs11js';

/** A session, as calls of the module want it. */
export interface CallingSession {
  readonly library: pkcs11.PKCS11;
  readonly handle: pkcs11.Handle;
}
