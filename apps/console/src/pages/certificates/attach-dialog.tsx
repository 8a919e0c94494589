import { answerOf, api } from '../../api/client.js';
import { DialogActions } from '../../components/dialog-actions.js';
import { Dialog } from '../../components/dialog.js';
import { FileField } from '../../components/file-field.js';
import { Notice } from '../../components/notice.js';
import { useTexts } from '../../texts/use-texts.js';
import { useCertificateAct } from './certificate-queries.js';
import { useChosenCertificate } from './chosen-files.js';
import { useKeyProblemText } from './key-problem-text.js';
import { CertificateFields } from './upload-fields.js';

/** Attaches the certificate that was issued for a key of the token; its chain may stand in the same file. */
export function AttachDialog({ alias, onClose }: { readonly alias: string; readonly onClose: () => void }) {
  const t = useTexts();
  const text = useKeyProblemText();
  const certificate = useChosenCertificate();
  const { mutate, error, isPending } = useCertificateAct((pem: string) =>
    answerOf(api.POST('/rcs/keys/{alias}/certificate', { params: { path: { alias } }, body: { certificate: pem } })),
  );
  const { chosen } = certificate;
  return (
    <Dialog
      name="attach-certificate"
      title={t('keys.attachTo', { alias })}
      isOpen
      onClose={onClose}
      isDismissable={false}
      isWide
    >
      <FileField
        label={t('upload.certificateFile')}
        accept={['.pem', '.crt', '.cer']}
        fileName={chosen?.name}
        problem={certificate.error === null ? undefined : text(certificate.error)}
        onChoose={certificate.choose}
      />
      <CertificateFields inspected={chosen?.inspected} />
      {error !== null && <Notice kind="danger">{text(error)}</Notice>}
      <DialogActions
        isPending={isPending}
        isDisabled={chosen === undefined}
        confirmText={t('keys.attach')}
        onPress={() => chosen !== undefined && mutate(chosen.text, { onSuccess: onClose })}
        onCancel={onClose}
      />
    </Dialog>
  );
}
