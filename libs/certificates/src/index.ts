export { CertificateAuthority } from './authority/certificate-authority.js';
export type {
  AuthorityRequest,
  IssuedCertificate,
  ServiceCertificateRequest,
} from './authority/certificate-authority.js';
export { CertificateError, type CertificateErrorCode, type PathProblemCode } from './certificate-error.js';
export type { CertificateInfo } from './certificate/certificate-info.js';
export { certificateStatus, type CertificateStatus } from './certificate/certificate-status.js';
export { parseAuthoritiesPem, parseCertificateDer, parseCertificatePem } from './certificate/parse-certificate.js';
export { type DistinguishedName, readDistinguishedName } from './certificate/distinguished-name.js';
export { certificatePem } from './pem/write-pem.js';
export { createKeyPairCertificate, keyPairCreated } from './signing/key-pair-certificate.js';
export { describePrivateKey, type PrivateKeyDescription } from './private-key/describe-private-key.js';
export { keyMatchesCertificate } from './private-key/key-matches-certificate.js';
export { needsPassword, readKeyFile, type KeyFile } from './private-key/read-key-file.js';
export {
  parsePrivateKeyPem,
  privateKeyFormat,
  publicKeyOfRecordingKey,
  type ParsedPrivateKey,
  type PrivateKeyFormat,
} from './private-key/parse-private-key.js';
export {
  judgeCertificate,
  type PathJudgement,
  type PathValidation,
  validateCertificatePath,
} from './path/validate-path.js';
export type { PathProblem } from './path/path-problem.js';
export type { PathPurpose } from './path/path-purpose.js';
export type {
  Keystore,
  KeystoreEntry,
  KeystoreType,
  PrivateKeyEntry,
  SecretKeyEntry,
  TrustedCertificateEntry,
} from './keystore/keystore.js';
export { keystoreType, readKeystore } from './keystore/read-keystore.js';
export { readTrustedCertificates } from './keystore/trusted-certificates.js';
export type { Password } from './password-based-encryption/password.js';
export { createCertificateRequest } from './signing/certificate-request.js';
export type { CertificateSubject } from './signing/certificate-subject.js';
export type { ExternalSigner } from './signing/external-signer.js';
export { createSelfSignedCertificate, type SelfSignedRequest } from './signing/self-signed-certificate.js';
