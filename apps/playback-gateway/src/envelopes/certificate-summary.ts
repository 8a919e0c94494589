import { hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { entriesAtMost } from '#platform';
import { parseCertificatePem, type CertificateInfo } from '#certificates';
import { aliasName, recipientNamesOf } from './recipient-names.js';

const shown = [
  'issuedTo',
  'issuedBy',
  'emailAddress',
  'serialNumber',
  'subjectDn',
  'issuerDn',
  'notBefore',
  'notAfter',
  'modulusBits',
  'fingerprint',
] as const satisfies readonly (keyof CertificateInfo)[];

/** What lists show of a certificate, and the names by which envelopes mean it: a small part of what it is. */
export interface CertificateSummary extends Readonly<Pick<CertificateInfo, (typeof shown)[number]>> {
  /** As {@link recipientNamesOf} gives them, its alias aside, which whoever stored it chose. */
  readonly recipientNames: readonly string[];
}

/** A certificate as a store or a token has it. */
export interface CertificateText {
  /** PEM. */
  readonly certificate: string;
  /** PEM of those above it; of a certificate that came with its chain alone, with itself in front. */
  readonly chain?: string;
  /** SHA-256 of its DER, lower-case hexadecimal. */
  readonly fingerprint: string;
}

/** Some 2 kB each. */
const mostKept = 20_000;
/** How long the event loop waits for certificates at most: to read one takes about a millisecond. */
const sliceMs = 10;

const kept = new LRUCache<string, CertificateSummary>(entriesAtMost(mostKept));
/** By the digest of a PEM text, which may differ between a store and a token. */
const fingerprints = new LRUCache<string, string>(entriesAtMost(mostKept));

/** A certificate never changes, so that it is read once. @throws CertificateError for what is none. */
export function summaryOf({ certificate, chain = '', fingerprint }: CertificateText): CertificateSummary {
  const known = kept.get(fingerprint);
  if (known !== undefined) return known;
  const summary = summarise(parseCertificatePem(certificate === '' ? chain : certificate)[0]);
  if (summary.fingerprint === fingerprint) kept.set(fingerprint, summary);
  return summary;
}

/** Of a certificate in PEM whose fingerprint nobody has told. @throws CertificateError */
export function summaryOfPem(certificate: string): CertificateSummary {
  const digest = hash('sha256', certificate);
  const fingerprint = fingerprints.get(digest);
  const summary = summaryOf({ certificate, fingerprint: fingerprint ?? '' });
  if (fingerprint !== undefined) return summary;
  fingerprints.set(digest, summary.fingerprint);
  kept.set(summary.fingerprint, summary);
  return summary;
}

/** Those of many certificates, in their order; others are served while they are read. @throws CertificateError */
export const summariesOf = (certificates: readonly CertificateText[]): Promise<CertificateSummary[]> =>
  aFewAtATime(certificates, summaryOf);

/** As {@link summariesOf}. @throws CertificateError */
export const summariesOfPem = (certificates: readonly string[]): Promise<CertificateSummary[]> =>
  aFewAtATime(certificates, summaryOfPem);

async function aFewAtATime<T>(
  certificates: readonly T[],
  read: (certificate: T) => CertificateSummary,
): Promise<CertificateSummary[]> {
  const summaries: CertificateSummary[] = [];
  let since = performance.now();
  for (const certificate of certificates) {
    summaries.push(read(certificate));
    if (performance.now() - since < sliceMs) continue;
    await setImmediate();
    since = performance.now();
  }
  return summaries;
}

function summarise(certificate: CertificateInfo): CertificateSummary {
  const fields = Object.fromEntries(shown.map(name => [name, certificate[name]])) as Pick<
    CertificateInfo,
    (typeof shown)[number]
  >;
  return {
    ...fields,
    recipientNames: recipientNamesOf(certificate),
  };
}

/** All names of a certificate under this alias. */
export const namesUnder = ({ recipientNames }: CertificateSummary, alias: string): string[] => [
  ...recipientNames,
  aliasName(alias),
];
