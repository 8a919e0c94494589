import type { CertificateInfo } from '../certificate/certificate-info.js';
import { readCertificateExtensions } from './certificate-extensions.js';
import { sameName } from '#asn1';
import { isSignedBy } from './signature.js';

/** From the recording certificate to the one that ends the path; `complete` when that is a root or signs itself. */
export interface CandidatePath {
  readonly certificates: readonly CertificateInfo[];
  readonly end: 'root' | 'self-signed' | 'no-issuer';
}

/** Longer paths and more attempts than this has no honest authority. */
const maximumLength = 10;
const maximumPaths = 64;

/**
 * All ways from a certificate to a root, by the names of issuers alone; several authorities may share one name after a
 * renewal or by cross-certification. Those whose key identifier fits come first.
 */
export function candidatePaths(
  leaf: CertificateInfo,
  intermediates: readonly CertificateInfo[],
  roots: readonly CertificateInfo[],
): CandidatePath[] {
  const paths: CandidatePath[] = [];
  const extend = (certificates: readonly CertificateInfo[], last: CertificateInfo): void => {
    if (paths.length >= maximumPaths) return;
    if (contains(roots, last)) return void paths.push({ certificates, end: 'root' });
    if (signsItself(last)) return void paths.push({ certificates, end: 'self-signed' });
    const unused = [...roots, ...intermediates].filter(candidate => !contains(certificates, candidate));
    const issuers = fittingFirst(
      last,
      unused.filter(candidate => issues(candidate, last)),
    );
    if (issuers.length === 0 || certificates.length >= maximumLength) paths.push({ certificates, end: 'no-issuer' });
    else issuers.forEach(issuer => extend([...certificates, issuer], issuer));
  };
  extend([leaf], leaf);
  return paths;
}

const issues = (issuer: CertificateInfo, subject: CertificateInfo): boolean =>
  sameName(issuer.subjectDer, subject.issuerDer);

/** A name alone does not tell: an authority may issue a certificate for its own next key. */
const signsItself = (certificate: CertificateInfo): boolean =>
  issues(certificate, certificate) && isSignedBy(certificate, certificate);

const contains = (certificates: readonly CertificateInfo[], one: CertificateInfo): boolean =>
  certificates.some(({ fingerprint }) => fingerprint === one.fingerprint);

function fittingFirst(subject: CertificateInfo, issuers: readonly CertificateInfo[]): CertificateInfo[] {
  const wanted = keyIdentifierOfIssuer(subject);
  const misfit = ({ subjectKeyIdentifier }: CertificateInfo): number =>
    wanted === undefined || subjectKeyIdentifier === undefined || wanted.equals(subjectKeyIdentifier) ? 0 : 1;
  return [...issuers].sort((left, right) => misfit(left) - misfit(right));
}

/** A certificate whose extensions cannot be read is refused later; here it only has no preference. */
function keyIdentifierOfIssuer({ der }: CertificateInfo): Buffer | undefined {
  try {
    return readCertificateExtensions(der).authorityKeyIdentifier;
  } catch {
    return undefined;
  }
}
