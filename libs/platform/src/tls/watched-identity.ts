import type { CertificateExpiry } from '../metrics/certificate-expiry.js';
import type { InternalIdentity } from './internal-identity.js';

/** The same identity, with the ends of its certificates among the metrics. */
export function watchedIdentity(
  { certificates }: { readonly certificates: CertificateExpiry },
  identity: InternalIdentity,
): InternalIdentity {
  certificates.watchPem('internal', () => identity.certificatePem);
  certificates.watchPem('internal-ca', () => identity.caPem);
  return identity;
}
