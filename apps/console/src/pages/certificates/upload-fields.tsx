import { Notice } from '../../components/notice.js';
import { TextField } from '../../components/text-field.js';
import { useFormats } from '../../texts/use-formats.js';
import { useTexts } from '../../texts/use-texts.js';
import type { ChosenCertificate, ChosenKey } from './chosen-files.js';

/** What the certificate says of itself, and what the server says to it. */
export function CertificateFields({ inspected }: { readonly inspected: ChosenCertificate['inspected'] | undefined }) {
  const t = useTexts();
  const { date } = useFormats();
  const remarks = [...(inspected?.warnings ?? []), ...(inspected?.problems ?? []).map(({ message }) => message)];
  return (
    <>
      <div className="field-pair">
        <TextField label={t('certificates.subjectName')} value={inspected?.subjectName ?? ''} rows={1} isReadOnly />
        <TextField label={t('certificates.serialNumber')} value={inspected?.serialNumber ?? ''} rows={1} isReadOnly />
        <TextField label={t('certificates.subjectDn')} value={inspected?.subjectDn ?? ''} rows={1} isReadOnly />
        <TextField label={t('certificates.issuerDn')} value={inspected?.issuerDn ?? ''} rows={1} isReadOnly />
        <TextField
          label={t('certificates.expires')}
          value={inspected === undefined ? '' : date(inspected.expires)}
          isReadOnly
        />
      </div>
      {remarks.map(remark => (
        <Notice key={remark} kind="warning">
          {remark}
        </Notice>
      ))}
    </>
  );
}

/** What kind of key it is; of the key itself nothing is shown. */
export function KeyFields({ chosen }: { readonly chosen: ChosenKey | undefined }) {
  const t = useTexts();
  const format = chosen === undefined ? '' : t(`keyFile.format.${chosen.file.format}`);
  const details = chosen?.size === undefined ? format : t('keyFile.details', { format, bits: String(chosen.size) });
  return <TextField label={t('certificates.keyDetails')} value={details} rows={1} isReadOnly />;
}
