import 'reflect-metadata';
import { isIP } from 'node:net';
import { Name, SubjectAlternativeNameExtension, type JsonGeneralName } from '@peculiar/x509';
import { CertificateError } from '../certificate-error.js';

/** Whom a certificate is for. */
export interface CertificateSubject {
  /** RFC 4514, such as `CN=Genesys Recording, O=Genesys, C=US`. */
  readonly subject: string;
  readonly dnsNames?: readonly string[];
  readonly emailAddresses?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly uris?: readonly string[];
}

const longestText = 1024;
const mostNames = 100;

/** @throws CertificateError naming what is wrong with the subject */
export function subjectName({ subject }: CertificateSubject): Name {
  if (subject.length > longestText) throw refused(`the subject is longer than ${longestText} characters`);
  const name = parseName(subject);
  if (name.toJSON().length === 0) {
    const what = subject.trim() === '' ? 'is empty' : 'has no attribute=value';
    throw refused(`the subject ${what}: write it like CN=Recording 2027, O=Example, C=US`);
  }
  for (const relativeName of name.toJSON()) {
    const [country] = relativeName['C'] ?? [];
    if (country !== undefined && !/^[A-Z]{2}$/.test(country)) throw refused('C must be the two letters of a country');
    const empty = Object.entries(relativeName).find(([, values]) => values.some(value => value.trim() === ''));
    if (empty !== undefined) throw refused(`${empty[0]} of the subject is empty`);
  }
  return name;
}

/** The extension with all alternative names; undefined when there are none. @throws CertificateError */
export function subjectAlternativeNames(subject: CertificateSubject): SubjectAlternativeNameExtension | undefined {
  const names = [
    ...checkedNames('dns', subject.dnsNames, name => /^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i.test(name)),
    ...checkedNames('email', subject.emailAddresses, name => /^[\x21-\x3f\x41-\x7e]+@[a-z0-9.-]+$/i.test(name)),
    ...checkedNames('ip', subject.ipAddresses, name => isIP(name) !== 0),
    ...checkedNames('url', subject.uris, name => /^[\x21-\x7e]+$/.test(name) && URL.canParse(name)),
  ];
  if (names.length > mostNames) throw refused(`more than ${mostNames} alternative names`);
  return names.length === 0 ? undefined : new SubjectAlternativeNameExtension(names);
}

function checkedNames(
  type: 'dns' | 'email' | 'ip' | 'url',
  values: readonly string[] = [],
  isGood: (name: string) => boolean,
): JsonGeneralName[] {
  return values.map(value => {
    if (value.length > longestText || !isGood(value)) throw refused(`an alternative name is no valid ${type} name`);
    return { type, value };
  });
}

function parseName(subject: string): Name {
  try {
    return new Name(subject);
  } catch (error) {
    throw refused('the subject is no distinguished name: write it like CN=Recording 2027, O=Example, C=US', error);
  }
}

const refused = (reason: string, cause?: unknown): CertificateError =>
  new CertificateError('SUBJECT_INVALID', reason, { cause });
