import { RcsError } from '#platform';
import type { CertificateRow } from './certificate-resource.js';
import type { CertificatePageQuery } from './certificate-page.js';

/** What belongs to administration: keys in the tokens, how much depends on them, and who did what. */
type Administrative =
  'recordings' | 'deployedTo' | 'createdAt' | 'createdBy' | 'deletedAt' | 'deletedBy' | 'keyRemovedAt' | 'successor';

const administrative: ReadonlySet<string> = new Set<Administrative>([
  'recordings',
  'deployedTo',
  'createdAt',
  'createdBy',
  'deletedAt',
  'deletedBy',
  'keyRemovedAt',
  'successor',
]);

/** What who may decrypt recordings sees of a certificate; of its key no more than the certificate itself says, and whether it is there. */
export function viewedCertificate<T extends CertificateRow & { readonly deployedTo?: unknown }>(
  certificate: T,
): Omit<T, Administrative | 'keyDetails'> & {
  readonly keyDetails: Pick<CertificateRow['keyDetails'], 'algorithm' | 'size' | 'presence'>;
} {
  const { algorithm, size, presence } = certificate.keyDetails;
  const seen = Object.entries(certificate).filter(([name]) => !administrative.has(name));
  return { ...(Object.fromEntries(seen) as T), keyDetails: { algorithm, size, presence } };
}

/** Deleted certificates, and an order by what is not shown, are for administrators. @throws RcsError */
export function requireViewablePage({ deleted, sort }: CertificatePageQuery): void {
  if (!deleted && !/recordings|createdAt/.test(sort)) return;
  throw new RcsError('RCS_INSUFFICIENT_PERMISSION', undefined, {
    publicDetail: `only administrators of certificates ${deleted ? 'see deleted ones' : `sort by ${sort}`}`,
  });
}
