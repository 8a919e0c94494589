import type { CertificateInfo } from '../certificate/certificate-info.js';
import type { PathProblemCode } from '../certificate-error.js';

/** One reason why a path is refused. */
export interface PathProblem {
  readonly code: PathProblemCode;
  /** Says what is wrong with which certificate, and what to do. */
  readonly message: string;
}

export const problem = (code: PathProblemCode, message: string): PathProblem => ({ code, message });

/** How messages name a certificate. */
export const named = ({ subjectDn }: CertificateInfo): string => `the certificate "${subjectDn}"`;
