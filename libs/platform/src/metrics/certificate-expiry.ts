import { X509Certificate } from 'node:crypto';
import { Gauge, type Registry } from 'prom-client';

/** Which certificates a process uses: inside the cluster, towards players, or for recordings. */
export type CertificateUse = 'internal' | 'internal-ca' | 'public' | 'recording';

export interface WatchedCertificate {
  readonly use: CertificateUse;
  /** For people: the common name, or `<contact center>/<alias>` of a recording certificate. */
  readonly name: string;
  readonly notAfter: Date;
}

/** When certificates end. Asked for when Prometheus asks, so that a certificate that was exchanged shows at once. */
export class CertificateExpiry {
  private readonly sources: (() => Iterable<WatchedCertificate>)[] = [];

  constructor(registry: Registry) {
    const { sources } = this;
    new Gauge({
      name: 'rcs_certificate_not_after_timestamp_seconds',
      help: 'When a certificate in use ends (notAfter), seconds since 1970, by use and name.',
      labelNames: ['use', 'name'],
      registers: [registry],
      collect() {
        this.reset();
        const all = sources.flatMap(source => [...source()]);
        // Of several with one name the first to end is the one that matters.
        all.sort((left, right) => right.notAfter.getTime() - left.notAfter.getTime());
        for (const { use, name, notAfter } of all) this.set({ use, name }, notAfter.getTime() / 1000);
      },
    });
  }

  watch(source: () => Iterable<WatchedCertificate>): void {
    this.sources.push(source);
  }

  /** Watches the first certificate of a PEM that is in use now; asked again each time. */
  watchPem(use: CertificateUse, pem: () => Buffer | string): void {
    let last: { readonly text: string; readonly certificate: WatchedCertificate } | undefined;
    this.watch(() => {
      const text = pem().toString();
      if (last?.text !== text) last = { text, certificate: watchedCertificate(use, new X509Certificate(text)) };
      return [last.certificate];
    });
  }
}

function watchedCertificate(use: CertificateUse, certificate: X509Certificate): WatchedCertificate {
  const commonName = /^CN=(.*)$/m.exec(certificate.subject)?.[1];
  return { use, name: commonName ?? certificate.serialNumber, notAfter: new Date(certificate.validTo) };
}
