import type { RecordingCertificate } from './recording-certificate.js';

/** Certificates of all contact centers together; some 4 kB each. */
const mostKept = 20_000;

interface KnownList {
  readonly version: string;
  readonly certificates: readonly RecordingCertificate[];
}

/**
 * The certificates of contact centers as they were read at a version. The store gives a list a version by chance with
 * every change, whoever makes it, so that a list of the version that is there now is the list that is there now: in
 * another gateway, and after a backup was restored, too.
 */
export class CertificateLists {
  /** Those that were read last stand last. */
  private readonly known = new Map<string, KnownList>();
  private kept = 0;

  /** The list of this version, if it was read. @param version as the store has it at this moment */
  at(contactCenter: string, version: string): readonly RecordingCertificate[] | undefined {
    const known = this.known.get(contactCenter);
    return known?.version === version ? known.certificates : undefined;
  }

  /** @param version that the store had before the certificates were read, or at the same moment; never later. */
  keep(contactCenter: string, version: string, certificates: readonly RecordingCertificate[]): void {
    this.forget(contactCenter);
    this.known.set(contactCenter, { version, certificates });
    this.kept += certificates.length + 1;
    for (const oldest of this.known.keys()) {
      if (this.kept <= mostKept) return;
      this.forget(oldest);
    }
  }

  private forget(contactCenter: string): void {
    this.kept -= (this.known.get(contactCenter)?.certificates.length ?? -1) + 1;
    this.known.delete(contactCenter);
  }
}
