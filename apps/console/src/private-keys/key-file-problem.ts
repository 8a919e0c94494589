/** Why a file of a private key, or of a certificate, cannot be used; each has its text. */
export type KeyFileReason =
  | 'noPem'
  | 'noKey'
  | 'noCertificate'
  | 'notRsa'
  | 'damaged'
  | 'tooShort'
  | 'passwordMissing'
  | 'passwordWrong'
  | 'encryptionUnsupported'
  | 'ofAnotherCertificate'
  | 'insecureContext';

export class KeyFileProblem extends Error {
  override readonly name = 'KeyFileProblem';

  constructor(readonly reason: KeyFileReason) {
    super(reason);
  }
}
