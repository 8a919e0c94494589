import type { CertificateExpiry } from '../metrics/certificate-expiry.js';
import type { LiveConfiguration } from '../reload/live-configuration.js';
import { loadInternalIdentity, type InternalIdentity } from './internal-identity.js';

/** The same identity, with the ends of its certificates among the metrics, those of its successors later on. */
export function watchedIdentity(
  { certificates, live }: { readonly certificates: CertificateExpiry; readonly live: LiveConfiguration },
  identity: InternalIdentity,
): InternalIdentity {
  let present = identity;
  certificates.watchPem('internal', () => present.certificatePem);
  certificates.watchPem('internal-ca', () => present.caPem);
  live.onChange(({ internalTls }) => {
    const next = internalTls === undefined ? present : loadInternalIdentity(internalTls);
    return () => (present = next);
  });
  return identity;
}
