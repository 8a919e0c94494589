import type { InternalTlsConfiguration } from '../configuration/configuration.schema.js';
import type { CertificateExpiry } from '../metrics/certificate-expiry.js';
import type { LiveConfiguration } from '../reload/live-configuration.js';
import type { Current } from './current.js';
import { loadInternalIdentity, type InternalIdentity } from './internal-identity.js';

/**
 * Who this process is inside the cluster, now: its files are read once for every change, and everybody who shows or
 * checks certificates asks here each time.
 */
export class LiveIdentity implements Current<InternalIdentity> {
  private readonly listeners = new Set<(identity: InternalIdentity) => void>();

  constructor(private present: InternalIdentity) {}

  /**
   * The identity of the configuration and its successors, with the ends of their certificates among the metrics.
   * @throws ConfigurationError when its files cannot be used.
   */
  static watch(
    { certificates, live }: { readonly certificates: CertificateExpiry; readonly live: LiveConfiguration },
    configuration: InternalTlsConfiguration,
  ): LiveIdentity {
    const identity = new LiveIdentity(loadInternalIdentity(configuration));
    certificates.watchPem('internal', () => identity.current.certificatePem);
    certificates.watchPem('internal-ca', () => identity.current.caPem);
    live.onChange(({ internalTls }) => {
      const next = internalTls === undefined ? identity.current : loadInternalIdentity(internalTls);
      return () => identity.replace(next);
    });
    return identity;
  }

  get current(): InternalIdentity {
    return this.present;
  }

  /** For those who hold connections or servers that were made with an identity. @returns what ends the telling */
  onChange(listener: (identity: InternalIdentity) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** From now on this one counts; everybody who listens is told. */
  replace(identity: InternalIdentity): void {
    this.present = identity;
    for (const listener of this.listeners) listener(identity);
  }
}
