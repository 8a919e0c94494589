import { Badge, type BadgeKind } from '../../components/badge.js';
import { useTexts } from '../../texts/use-texts.js';
import type { Certificate } from './certificate-queries.js';

const kinds: Readonly<Record<Certificate['status'], BadgeKind>> = {
  valid: 'good',
  'not-yet-valid': 'warning',
  expiring: 'warning',
  expired: 'danger',
  'key-missing': 'danger',
  'key-disabled': 'danger',
  'decrypt-only': 'neutral',
  deleted: 'neutral',
};

/** Whether it may be used, in the words of the page. */
export function CertificateStatus({ certificate }: { readonly certificate: Certificate }) {
  const t = useTexts();
  const { status, daysLeft } = certificate;
  return (
    <Badge kind={kinds[status]}>
      {status === 'expiring'
        ? t('certificates.status.expiring', { days: daysLeft })
        : t(`certificates.status.${status}`)}
    </Badge>
  );
}
