import { describePrivateKey, parseCertificatePem, type CertificateInfo } from '#certificates';
import { orRefuse } from '../certificate-errors.js';
import type { CertificatePolicy } from '../certificate-policy.js';
import { certificateFields } from '../certificate-resource.js';
import type { CertificateInspection } from './certificate-input.js';
import { suggestAlias } from './suggest-alias.js';

/** What the upload form fills in by itself. Nothing is stored, no key leaves this function. */
export function inspectUpload({ certificate, privateKey, password }: CertificateInspection, policy: CertificatePolicy) {
  const chain = certificate === undefined ? undefined : orRefuse(() => parseCertificatePem(certificate), 'certificate');
  return {
    ...(chain === undefined ? {} : { certificate: describeChain(chain, policy) }),
    ...(privateKey === undefined
      ? {}
      : {
          key: orRefuse(
            () => describePrivateKey(Buffer.from(privateKey, 'latin1'), password, chain?.[0]),
            'privateKey',
          ),
        }),
  };
}

function describeChain(chain: [CertificateInfo, ...CertificateInfo[]], policy: CertificatePolicy) {
  const [leaf, ...intermediates] = chain;
  const problems = policy.problemsAtUpload(chain);
  return {
    ...certificateFields(leaf),
    emailAddress: leaf.emailAddress ?? null,
    keyDetails: { algorithm: 'RSA', size: leaf.modulusBits },
    suggestedAlias: suggestAlias(leaf),
    chain: intermediates.map(({ subjectDn, issuerDn, notAfter }) => ({
      subjectDn,
      issuerDn,
      expires: notAfter.toISOString(),
    })),
    warnings: dateWarnings(leaf, new Date()),
    problems,
  };
}

/** What the dates of a certificate mean for its use. */
export function dateWarnings({ notBefore, notAfter }: CertificateInfo, now: Date): string[] {
  if (now < notBefore) {
    return [`the certificate is not valid before ${notBefore.toISOString()}: recording with it fails until then`];
  }
  if (now > notAfter) {
    return [`the certificate expired at ${notAfter.toISOString()}: it opens old recordings and encrypts no new ones`];
  }
  return [];
}
