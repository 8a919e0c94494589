import {
  certificateStatus,
  judgeCertificate,
  parseAuthoritiesPem,
  validateCertificatePath,
  type CertificateInfo,
  type PathProblem,
} from '#certificates';
import {
  ConfigurationError,
  describeError,
  readOptionFile,
  type Logger,
  type RecordingCertificatesConfiguration,
} from '#platform';
import type { RecordingCertificate } from '#store';
import { refusedInput } from './certificate-errors.js';
import { chainOf } from './stored-chain.js';

/** Which certificates may encrypt recordings: those with a path to a configured root, or self-signed ones if allowed. */
export class CertificatePolicy {
  private constructor(
    private readonly roots: readonly CertificateInfo[],
    private readonly allowSelfSigned: boolean,
  ) {}

  /** @throws ConfigurationError when the roots cannot be read. */
  static load({ rootCaFile, allowSelfSigned }: RecordingCertificatesConfiguration): CertificatePolicy {
    const option = 'recordingCertificates.rootCaFile';
    if (rootCaFile === undefined) return new CertificatePolicy([], allowSelfSigned);
    const file = readOptionFile(option, rootCaFile);
    try {
      return new CertificatePolicy(parseAuthoritiesPem(file), allowSelfSigned);
    } catch (error) {
      throw new ConfigurationError(`option ${option}: ${describeError(error)}`, { cause: error });
    }
  }

  /**
   * What is wrong with a chain apart from where today lies in the dates of the recording certificate itself: one that is
   * not valid yet, or any more, is judged as in its own time.
   */
  problemsAtUpload([certificate, ...intermediates]: readonly [
    CertificateInfo,
    ...CertificateInfo[],
  ]): readonly PathProblem[] {
    const at = within(certificate, new Date());
    return this.judge(certificate, intermediates, at);
  }

  /** What is wrong with a stored certificate at this moment. */
  problemsNow(stored: RecordingCertificate): readonly PathProblem[] {
    const [certificate, ...intermediates] = chainOf(stored);
    return this.judge(certificate, intermediates, new Date());
  }

  /**
   * For every use that encrypts.
   * @throws RcsError RCS_CERTIFICATE_NOT_VALID naming the certificate of the chain that is at fault.
   */
  requireForEncryption(stored: Pick<RecordingCertificate, 'certificate' | 'chain' | 'fingerprint'>): CertificateInfo {
    const [certificate, ...intermediates] = chainOf(stored);
    const { roots, allowSelfSigned } = this;
    try {
      validateCertificatePath(certificate, { intermediates, roots, allowSelfSigned, at: new Date() });
    } catch (error) {
      throw refusedInput(error, 'RCS_CERTIFICATE_NOT_VALID');
    }
    return certificate;
  }

  private judge(certificate: CertificateInfo, intermediates: readonly CertificateInfo[], at: Date) {
    const { roots, allowSelfSigned } = this;
    return judgeCertificate(certificate, { intermediates, roots, allowSelfSigned, at }).problems;
  }
}

/** A configuration in which no certificate can ever be uploaded is likely a mistake, and answers like many others. */
export function warnOfUploadsThatCannotBe(
  { rootCaFile, allowSelfSigned }: Pick<RecordingCertificatesConfiguration, 'rootCaFile' | 'allowSelfSigned'>,
  logger: Pick<Logger, 'warn'>,
): void {
  if (allowSelfSigned || rootCaFile !== undefined) return;
  logger.warn(
    'no recording certificate can be uploaded: recordingCertificates.allowSelfSigned is false and no authority is named in recordingCertificates.rootCaFile',
  );
}

function within(certificate: CertificateInfo, now: Date): Date {
  const status = certificateStatus(certificate, now);
  if (status === 'expired') return certificate.notAfter;
  return status === 'not-yet-valid' ? certificate.notBefore : now;
}
