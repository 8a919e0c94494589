/** Everything that can be wrong with a certificate or key somebody hands in; stable, for programs. */
export type CertificateErrorCode =
  | 'PEM_MISSING'
  | 'PEM_IS_DER'
  | 'PEM_WRONG_LABEL'
  | 'PEM_MALFORMED'
  | 'CERTIFICATE_MALFORMED'
  | 'CERTIFICATE_KEY_NOT_RSA'
  | 'CERTIFICATE_KEY_TOO_SMALL'
  | 'SUBJECT_INVALID'
  | 'PRIVATE_KEY_MALFORMED'
  | 'PRIVATE_KEY_NOT_RSA'
  | 'PRIVATE_KEY_TOO_SMALL'
  | 'PRIVATE_KEY_PASSWORD_MISSING'
  | 'PRIVATE_KEY_PASSWORD_WRONG'
  | 'PRIVATE_KEY_ENCRYPTION_UNSUPPORTED'
  | 'PRIVATE_KEY_OF_ANOTHER_CERTIFICATE'
  | 'ENCRYPTION_TOO_COSTLY'
  | 'KEYSTORE_UNRECOGNISED'
  | 'KEYSTORE_MALFORMED'
  | 'KEYSTORE_UNSUPPORTED'
  | 'KEYSTORE_TOO_LARGE'
  | 'KEYSTORE_PASSWORD_MISSING'
  | 'KEYSTORE_PASSWORD_WRONG'
  | 'KEYSTORE_ENTRY_MISSING'
  | PathProblemCode;

/** Why a certification path is refused (RFC 5280, 6). */
export type PathProblemCode =
  | 'PATH_NOT_YET_VALID'
  | 'PATH_EXPIRED'
  | 'PATH_ISSUER_MISSING'
  | 'PATH_ROOT_UNKNOWN'
  | 'PATH_SELF_SIGNED'
  | 'PATH_SIGNATURE_WRONG'
  | 'PATH_SIGNATURE_WEAK'
  | 'PATH_KEY_WEAK'
  | 'PATH_NOT_AN_AUTHORITY'
  | 'PATH_KEY_USAGE'
  | 'PATH_TOO_LONG'
  | 'PATH_NAME_NOT_PERMITTED'
  | 'PATH_EXTENSION_UNKNOWN'
  | 'PATH_EXTENSION_MALFORMED';

/** Input that cannot be used. The message says what was wrong and what to do; it never contains key bytes or passwords. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';

  constructor(
    readonly code: CertificateErrorCode,
    message: string,
    options: { readonly cause?: unknown } = {},
  ) {
    super(message, options);
  }
}
