import type { RecordingCertificate } from '#store';
import { namesUnder, summariesOf, type CertificateSummary } from '../envelopes/certificate-summary.js';

type List = readonly RecordingCertificate[];

/**
 * What lists need of all their certificates. A store answers the same list until a certificate changes, so that it is made once
 * for a list and goes with it; what the store makes of the names is kept beside them.
 */
export class ListedCertificates {
  private readonly summaries = new WeakMap<List, readonly CertificateSummary[]>();
  private readonly names = new WeakMap<List, readonly (readonly string[])[]>();

  /** Of each certificate, in the order of the list. */
  async summariesOf(list: List): Promise<readonly CertificateSummary[]> {
    const summaries = this.summaries.get(list) ?? (await summariesOf(list));
    this.summaries.set(list, summaries);
    return summaries;
  }

  /** By which names envelopes mean each certificate, in the order of the list. */
  async namesOf(list: List): Promise<readonly (readonly string[])[]> {
    const known = this.names.get(list);
    if (known !== undefined) return known;
    const summaries = await this.summariesOf(list);
    const names = summaries.map((summary, index) => namesUnder(summary, list[index]?.alias ?? ''));
    this.names.set(list, names);
    return names;
  }
}
