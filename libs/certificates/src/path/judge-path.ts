import { emailAddressesIn, isRangeError, readNameParts, sameName } from '#asn1';
import type { CertificateInfo } from '../certificate/certificate-info.js';
import { certificateStatus } from '../certificate/certificate-status.js';
import {
  extendedKeyUsageOid,
  readCertificateExtensions,
  type CertificateExtensions,
} from './certificate-extensions.js';
import type { GeneralName } from './general-name.js';
import { refusedByConstraints } from './name-constraints.js';
import type { CandidatePath } from './path-candidates.js';
import { judgeStampingAuthority, judgeStampingUse, type PathPurpose } from './path-purpose.js';
import { named, problem, type PathProblem } from './path-problem.js';
import { isSignedBy } from './signature.js';
import { weaknessOfKey, weaknessOfSignature } from './signature-strength.js';

interface Link {
  readonly certificate: CertificateInfo;
  readonly extensions: CertificateExtensions;
}

/**
 * Everything that is wrong with a path at a moment (RFC 5280, 6.1): the path may be trusted only when that is nothing.
 * Roots are trusted for their name and key; their dates, constraints and usage are honoured all the same.
 */
export function judgePath(
  { certificates, end }: CandidatePath,
  at: Date,
  purpose: PathPurpose = 'recording',
): PathProblem[] {
  const problems: PathProblem[] = [];
  const links: Link[] = [];
  for (const certificate of certificates) {
    const extensions = readExtensions(certificate);
    if ('code' in extensions) problems.push(extensions);
    else links.push({ certificate, extensions });
  }
  if (links.length < certificates.length) return problems;
  links.forEach((link, index) => {
    const isLast = index === links.length - 1;
    const isRoot = isLast && end === 'root';
    const issuer = isLast && end === 'self-signed' ? link : links[index + 1];
    problems.push(
      ...judgeDates(link, at),
      ...judgeCriticalExtensions(link, purpose),
      ...(isRoot || issuer === undefined ? [] : judgeSignature(link, issuer)),
      ...(index === 0 ? judgeUse(link, purpose) : judgeAuthority(link, isRoot, purpose)),
      ...judgePathLength(links, index),
      ...judgeNames(links, index),
    );
  });
  return problems;
}

function readExtensions(certificate: CertificateInfo): CertificateExtensions | PathProblem {
  try {
    return readCertificateExtensions(certificate.der);
  } catch (error) {
    const reason = isRangeError(error) ? `: ${error.message}` : '';
    return problem('PATH_EXTENSION_MALFORMED', `${named(certificate)} has an extension that cannot be read${reason}`);
  }
}

function judgeDates({ certificate }: Link, at: Date): PathProblem[] {
  const status = certificateStatus(certificate, at);
  if (status === 'expired') {
    const end = certificate.notAfter.toISOString();
    return [problem('PATH_EXPIRED', `${named(certificate)} expired at ${end}: use a renewed one`)];
  }
  if (status === 'valid') return [];
  const start = certificate.notBefore.toISOString();
  return [
    problem('PATH_NOT_YET_VALID', `${named(certificate)} is not valid before ${start}: wait, or use another one`),
  ];
}

function judgeCriticalExtensions(
  { certificate, extensions: { unknownCritical } }: Link,
  purpose: PathPurpose,
): PathProblem[] {
  const unknown = unknownCritical.filter(oid => purpose === 'recording' || oid !== extendedKeyUsageOid);
  return unknown.map(oid =>
    problem(
      'PATH_EXTENSION_UNKNOWN',
      `${named(certificate)} has the critical extension ${oid}, which is not supported`,
    ),
  );
}

/** Not for roots: they are trusted because they are configured. */
function judgeSignature({ certificate }: Link, { certificate: issuer }: Link): PathProblem[] {
  const weak = weaknessOfSignature(certificate.der);
  if (weak !== undefined) {
    return [
      problem(
        'PATH_SIGNATURE_WEAK',
        `${named(certificate)} is signed with ${weak}, which can be forged: have it issued again with SHA-256`,
      ),
    ];
  }
  const weakKey = weaknessOfKey(issuer.publicKey);
  if (weakKey !== undefined) {
    return [problem('PATH_KEY_WEAK', `${named(issuer)} signs with ${weakKey}, which is too weak`)];
  }
  if (isSignedBy(certificate, issuer)) return [];
  return [
    problem(
      'PATH_SIGNATURE_WRONG',
      `${named(certificate)} was not signed by ${named(issuer)}: send the chain that belongs to it`,
    ),
  ];
}

function judgeUse(link: Link, purpose: PathPurpose): PathProblem[] {
  return purpose === 'recording' ? judgeRecordingUse(link) : judgeStampingUse(link.certificate, link.extensions);
}

function judgeRecordingUse({ certificate, extensions: { keyUsage } }: Link): PathProblem[] {
  if (keyUsage === undefined || keyUsage.keyEncipherment) return [];
  // An authority that stands first: a chain in the wrong order.
  const advice = keyUsage.certificateSigning
    ? 'it is the certificate of an authority; put the recording certificate first in the file'
    : 'its keyUsage must include keyEncipherment';
  return [problem('PATH_KEY_USAGE', `${named(certificate)} may not encrypt keys: ${advice}`)];
}

function judgeAuthority({ certificate, extensions }: Link, root: boolean, purpose: PathPurpose): PathProblem[] {
  const { basicConstraints, keyUsage } = extensions;
  const problems = purpose === 'recording' ? [] : judgeStampingAuthority(certificate, extensions);
  // RFC 5280, 4.1.2.6: whoever issues has a name.
  if (readNameParts(certificate.subjectDer).length === 0) {
    problems.push(problem('PATH_NOT_AN_AUTHORITY', `${named(certificate)} acts as an authority and has no subject`));
  }
  if (basicConstraints?.isAuthority !== true) {
    const missing = basicConstraints === undefined ? 'has no basicConstraints' : 'is none by its basicConstraints';
    problems.push(problem('PATH_NOT_AN_AUTHORITY', `${named(certificate)} acts as an authority and ${missing}`));
  }
  if (keyUsage === undefined ? !root : !keyUsage.certificateSigning) {
    const missing = keyUsage === undefined ? 'has no keyUsage' : 'lacks keyCertSign in its keyUsage';
    problems.push(problem('PATH_KEY_USAGE', `${named(certificate)} acts as an authority and ${missing}`));
  }
  return problems;
}

/** pathLenConstraint counts the authorities below that are not self-issued (RFC 5280, 4.2.1.9). */
function judgePathLength(links: readonly Link[], index: number): PathProblem[] {
  const link = links[index];
  const limit = link?.extensions.basicConstraints?.pathLength;
  if (link === undefined || index === 0 || limit === undefined) return [];
  const below = links.slice(1, index).filter(({ certificate }) => !isSelfIssued(certificate)).length;
  if (below <= limit) return [];
  const message = `${named(link.certificate)} allows ${limit} authorities below it, the path has ${below}`;
  return [problem('PATH_TOO_LONG', message)];
}

/** Of names with constraints, for each certificate and each authority above it: a few milliseconds. */
const maximumComparisons = 65_536;

/** Constraints bind every certificate below; self-issued ones only where they end the path (RFC 5280, 6.1.3). */
function judgeNames(links: readonly Link[], index: number): PathProblem[] {
  const link = links[index];
  if (link === undefined || (index > 0 && isSelfIssued(link.certificate))) return [];
  const names = namesOf(link);
  return links.slice(index + 1).flatMap(({ certificate: authority, extensions: { nameConstraints } }) => {
    if (nameConstraints === undefined) return [];
    const count = nameConstraints.permitted.length + nameConstraints.excluded.length;
    if (names.length * count > maximumComparisons) {
      const message = `${named(link.certificate)} has ${names.length} names below ${count} constraints of ${named(authority)}: too many to compare`;
      return [problem('PATH_NAME_NOT_PERMITTED', message)];
    }
    return names.flatMap(name => {
      const reason = refusedByConstraints(name, nameConstraints);
      if (reason === undefined) return [];
      const message = `${named(link.certificate)} has a name of the form ${name.form} that is ${reason} by ${named(authority)}`;
      return [problem('PATH_NAME_NOT_PERMITTED', message)];
    });
  });
}

function namesOf({ certificate, extensions: { subjectAlternativeNames } }: Link): GeneralName[] {
  const parts = readNameParts(certificate.subjectDer);
  const hasEmail = subjectAlternativeNames.some(({ form }) => form === 'email');
  const emails = hasEmail ? [] : emailAddressesIn(certificate.subjectDer);
  return [
    ...(parts.length === 0 ? [] : [{ form: 'directory' as const, parts }]),
    ...emails.map(text => ({ form: 'email' as const, text })),
    ...subjectAlternativeNames,
  ];
}

const isSelfIssued = ({ subjectDer, issuerDer }: CertificateInfo): boolean => sameName(subjectDer, issuerDer);
