/** What a token offers, as CK_MECHANISM_INFO says it. */
export interface OfferedMechanisms {
  /** Whether the token does this with it: one of CKF_DECRYPT, CKF_UNWRAP ... */
  allows(mechanism: number, use: number): boolean;
}
