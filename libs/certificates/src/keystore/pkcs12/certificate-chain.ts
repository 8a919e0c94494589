import { isRangeError } from '#asn1';
import type { X509Certificate } from 'node:crypto';
import { readCertificateFields } from '../../certificate/certificate-fields.js';

export interface BagCertificate {
  readonly der: Buffer;
  readonly friendlyName: string | undefined;
  readonly localKeyId: Buffer | undefined;
  /** undefined for what Node does not read. */
  readonly parsed: X509Certificate | undefined;
}

interface Names {
  readonly issuer: string;
  readonly subject: string;
}

const longestChain = 100;
/** Authorities of one name of which a signature is tried; verifying costs time. */
const mostNamesakes = 8;

/** Finds who issued what inside one file: PKCS#12 keeps no order. Where authorities share a name the signature decides. */
export class Issuers {
  private readonly names = new Map<BagCertificate, Names>();
  private readonly bySubject = new Map<string, BagCertificate[]>();
  private readonly found = new Map<BagCertificate, BagCertificate | undefined>();

  constructor(certificates: readonly BagCertificate[]) {
    for (const certificate of certificates) {
      const names = namesOf(certificate);
      if (names === undefined) continue;
      this.names.set(certificate, names);
      this.bySubject.set(names.subject, [...(this.bySubject.get(names.subject) ?? []), certificate]);
    }
  }

  /** The certificate, its issuer, and so on, as far as the file has them. */
  chainFrom(first: BagCertificate): BagCertificate[] {
    const chain = new Set([first]);
    for (
      let issuer = this.issuerOf(first);
      issuer !== undefined && !chain.has(issuer);
      issuer = this.issuerOf(issuer)
    ) {
      if (chain.size === longestChain) break;
      chain.add(issuer);
    }
    return [...chain];
  }

  private issuerOf(certificate: BagCertificate): BagCertificate | undefined {
    if (!this.found.has(certificate)) this.found.set(certificate, this.findIssuer(certificate));
    return this.found.get(certificate);
  }

  private findIssuer(certificate: BagCertificate): BagCertificate | undefined {
    const names = this.names.get(certificate);
    if (names === undefined || names.issuer === names.subject) return undefined;
    return (this.bySubject.get(names.issuer) ?? [])
      .slice(0, mostNamesakes)
      .find(({ parsed }) => parsed !== undefined && certificate.parsed?.verify(parsed.publicKey) === true);
  }
}

function namesOf({ der, parsed }: BagCertificate): Names | undefined {
  if (parsed === undefined) return undefined;
  try {
    const { issuerDer, subjectDer } = readCertificateFields(der);
    return { issuer: issuerDer.toString('hex'), subject: subjectDer.toString('hex') };
  } catch (error) {
    if (isRangeError(error)) return undefined;
    throw error;
  }
}
