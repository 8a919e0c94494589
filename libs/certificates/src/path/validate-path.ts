import { isRangeError } from '#asn1';
import { CertificateError } from '../certificate-error.js';
import type { CertificateInfo } from '../certificate/certificate-info.js';
import { judgePath } from './judge-path.js';
import { candidatePaths, type CandidatePath } from './path-candidates.js';
import { named, problem, type PathProblem } from './path-problem.js';
import { authoritiesFor, type PathPurpose } from './path-purpose.js';

export interface PathValidation {
  /** Certificates that came with the recording certificate; no trust goes with them. */
  readonly intermediates: readonly CertificateInfo[];
  /** The authorities that are trusted. */
  readonly roots: readonly CertificateInfo[];
  /** Whether a recording certificate may vouch for itself, as the administrator guide makes them. */
  readonly allowSelfSigned: boolean;
  /** The moment at which the path must hold. */
  readonly at: Date;
  /** What the first certificate is used for; `recording` when absent. */
  readonly purpose?: PathPurpose;
}

export interface PathJudgement {
  /** From the recording certificate to the root; of paths that all fail the one that fails least. */
  readonly path: readonly CertificateInfo[];
  /** Empty when the path may be trusted. */
  readonly problems: readonly PathProblem[];
}

/**
 * Looks for a certification path from a certificate to a root and judges it (RFC 5280, 6). Structures are read
 * with @peculiar/x509 and signatures checked by OpenSSL; the rules are here, because the chain builder of that library
 * looks at names and signatures only.
 */
export function judgeCertificate(certificate: CertificateInfo, validation: PathValidation): PathJudgement {
  try {
    const candidates = candidatePaths(certificate, validation.intermediates, validation.roots);
    const judged = candidates.map(candidate => judgeCandidate(candidate, validation));
    const [first] = judged.sort((left, right) => left.problems.length - right.problems.length);
    return first ?? noPath(certificate);
  } catch (error) {
    if (!isRangeError(error)) throw error;
    const message = `the path of ${named(certificate)} holds a name that cannot be read: ${error.message}`;
    return { path: [certificate], problems: [problem('PATH_EXTENSION_MALFORMED', message)] };
  }
}

/**
 * The path, when it may be trusted.
 * @throws CertificateError with the code and message of the first problem.
 */
export function validateCertificatePath(
  certificate: CertificateInfo,
  validation: PathValidation,
): readonly CertificateInfo[] {
  const { path, problems } = judgeCertificate(certificate, validation);
  const [first] = problems;
  if (first !== undefined) throw new CertificateError(first.code, first.message);
  return path;
}

/** There is always at least the certificate by itself; if not, that must not count as trusted. */
function noPath(certificate: CertificateInfo): PathJudgement {
  return { path: [certificate], problems: [problem('PATH_ISSUER_MISSING', `${named(certificate)} has no path`)] };
}

function judgeCandidate(candidate: CandidatePath, { allowSelfSigned, at, purpose }: PathValidation): PathJudgement {
  const problems = [...judgeEnd(candidate, allowSelfSigned, purpose), ...judgePath(candidate, at, purpose)];
  return { path: candidate.certificates, problems };
}

function judgeEnd(
  { certificates, end }: CandidatePath,
  allowSelfSigned: boolean,
  purpose: PathPurpose = 'recording',
): PathProblem[] {
  const last = certificates.at(-1);
  if (end === 'root' || last === undefined) return [];
  if (end === 'self-signed') {
    if (certificates.length > 1) {
      const what = `ends the chain and is not among the authorities of ${authoritiesFor[purpose]}`;
      return [problem('PATH_ROOT_UNKNOWN', `${named(last)} ${what}`)];
    }
    if (allowSelfSigned) return [];
    return [problem('PATH_SELF_SIGNED', `${named(last)} is self-signed: use one that a trusted authority has issued`)];
  }
  const advice = `send the whole chain in one file, or add the authority to ${authoritiesFor[purpose]}`;
  return [problem('PATH_ISSUER_MISSING', `the issuer "${last.issuerDn}" of ${named(last)} is missing: ${advice}`)];
}
