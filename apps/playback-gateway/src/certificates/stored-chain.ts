import { LRUCache } from 'lru-cache';
import { parseCertificatePem, type CertificateInfo } from '#certificates';
import type { RecordingCertificate } from '#store';

type Chain = readonly [CertificateInfo, ...CertificateInfo[]];

const parsed = new LRUCache<string, Chain>({ max: 1000 });

/** The certificates of an entry of the store, parsed once: the recording certificate first. */
export function chainOf({
  certificate,
  chain,
  fingerprint,
}: Pick<RecordingCertificate, 'certificate' | 'chain' | 'fingerprint'>): Chain {
  const key = `${fingerprint}${chain}`;
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const read = parseCertificatePem(`${certificate}\n${chain}`);
  parsed.set(key, read);
  return read;
}
