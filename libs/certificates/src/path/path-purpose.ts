import type { CertificateInfo } from '../certificate/certificate-info.js';
import type { CertificateExtensions } from './certificate-extensions.js';
import { named, problem, type PathProblem } from './path-problem.js';

/** What the first certificate of a path is used for. */
export type PathPurpose = 'recording' | 'time-stamping';

/** Where the roots of such paths are named, for messages. */
export const authoritiesFor: Readonly<Record<PathPurpose, string>> = {
  recording: 'recordingCertificates.rootCaFile',
  'time-stamping': 'those that are trusted for time stamps',
};

const timeStamping = '1.3.6.1.5.5.7.3.8';
const anyPurpose = '2.5.29.37.0';

type Extensions = Pick<CertificateExtensions, 'keyUsage' | 'extendedKeyUsage'>;

/** A key that stamps times is made for nothing else, and its certificate says so critically (RFC 3161, 2.3). */
export function judgeStampingUse(
  certificate: CertificateInfo,
  { keyUsage, extendedKeyUsage }: Extensions,
): PathProblem[] {
  const problems: PathProblem[] = [];
  const isFor = extendedKeyUsage?.purposes.length === 1 && extendedKeyUsage.purposes[0] === timeStamping;
  if (!isFor || !extendedKeyUsage.isCritical) {
    const what = 'its extendedKeyUsage must be critical, and timeStamping alone';
    problems.push(problem('PATH_KEY_USAGE', `${named(certificate)} may not stamp times: ${what}`));
  }
  if (keyUsage !== undefined && !keyUsage.signing)
    problems.push(problem('PATH_KEY_USAGE', `${named(certificate)} may not sign by its keyUsage`));
  return problems;
}

/** An authority that names purposes names this one, or all. */
export function judgeStampingAuthority(certificate: CertificateInfo, { extendedKeyUsage }: Extensions): PathProblem[] {
  const purposes = extendedKeyUsage?.purposes;
  if (purposes === undefined || purposes.includes(timeStamping) || purposes.includes(anyPurpose)) return [];
  const message = `${named(certificate)} is by its extendedKeyUsage no authority for time stamps`;
  return [problem('PATH_KEY_USAGE', message)];
}
