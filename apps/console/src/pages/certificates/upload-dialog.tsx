import { useState } from 'react';
import { ApiProblem } from '../../api/problem.js';
import { Button } from '../../components/button.js';
import { Checkbox } from '../../components/checkbox.js';
import { DialogActions } from '../../components/dialog-actions.js';
import { Dialog } from '../../components/dialog.js';
import { Facts } from '../../components/facts.js';
import { FileField } from '../../components/file-field.js';
import { Notice } from '../../components/notice.js';
import { TextField } from '../../components/text-field.js';
import { useTexts } from '../../texts/use-texts.js';
import { useCertificateAct } from './certificate-queries.js';
import { useChosenCertificate, useChosenKey } from './chosen-files.js';
import { CertificateFields, KeyFields } from './upload-fields.js';
import { uploadCertificate } from './upload-certificate.js';
import { useKeyProblemText } from './key-problem-text.js';

const certificateFiles = ['.pem', '.crt', '.cer', '.cert', 'application/x-pem-file', 'application/x-x509-ca-cert'];
const keyFiles = ['.pem', '.key', 'application/x-pem-file', 'application/pkcs8'];
/** The IVR profile of the administrator guide. */
const recordProfile = 'record';

/** The seed's panel: its fields fill in as soon as a file is chosen; the key is encrypted before it leaves the browser. */
export function UploadDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useTexts();
  const text = useKeyProblemText();
  const certificate = useChosenCertificate();
  const key = useChosenKey();
  const [password, setPassword] = useState('');
  const [typedAlias, setAlias] = useState<string>();
  const [decryptOnly, setDecryptOnly] = useState(false);
  const [isAssigned, setAssigned] = useState(false);
  const [sameName, setSameName] = useState(false);
  const { mutate, data: uploaded, error, isPending } = useCertificateAct(uploadCertificate);
  const hasSameName = error instanceof ApiProblem && error.code === 'RCS_CERTIFICATE_SAME_NAME';
  const alias = typedAlias ?? certificate.chosen?.inspected.suggestedAlias ?? '';

  const save = (): void => {
    if (certificate.chosen === undefined || key.chosen === undefined) return;
    mutate({
      certificate: certificate.chosen,
      key: key.chosen,
      password,
      alias,
      decryptOnly,
      assignTo: isAssigned && !decryptOnly ? recordProfile : undefined,
      sameName,
    });
  };

  if (uploaded !== undefined) return <Uploaded uploaded={uploaded} onClose={onClose} />;
  return (
    <Dialog name="upload-certificate" title={t('upload.title')} isOpen onClose={onClose} isDismissable={false} isWide>
      <FileField
        label={t('upload.certificateFile')}
        hint={t('upload.certificateFileHint')}
        accept={certificateFiles}
        fileName={certificate.chosen?.name}
        problem={certificate.error === null ? undefined : text(certificate.error)}
        onChoose={certificate.choose}
      />
      <CertificateFields inspected={certificate.chosen?.inspected} />
      <FileField
        label={t('upload.keyFile')}
        hint={t('upload.keyFileHint')}
        accept={keyFiles}
        fileName={key.chosen?.name}
        problem={key.error === null ? undefined : text(key.error)}
        onChoose={key.choose}
      />
      <KeyFields chosen={key.chosen} />
      {key.chosen?.file.needsPassword === true && (
        <TextField
          label={t('upload.password')}
          type="password"
          autoComplete="off"
          value={password}
          onChange={setPassword}
          isRequired
        />
      )}
      <TextField label={t('certificates.alias')} hint={t('upload.aliasHint')} value={alias} onChange={setAlias} />
      <Checkbox isSelected={isAssigned} isDisabled={decryptOnly} onChange={setAssigned}>
        {t('upload.assign', { profile: recordProfile })}
      </Checkbox>
      <Checkbox isSelected={decryptOnly} onChange={setDecryptOnly}>
        {t('upload.decryptOnly')}
      </Checkbox>
      {error !== null && <Notice kind="danger">{text(error)}</Notice>}
      {(hasSameName || sameName) && (
        <Checkbox isSelected={sameName} onChange={setSameName}>
          {t('upload.sameName')}
        </Checkbox>
      )}
      <DialogActions
        isPending={isPending}
        isDisabled={certificate.chosen === undefined || key.chosen === undefined}
        confirmText={t('app.save')}
        onPress={save}
        onCancel={onClose}
      />
    </Dialog>
  );
}

type UploadedProperties = {
  readonly uploaded: Awaited<ReturnType<typeof uploadCertificate>>;
  readonly onClose: () => void;
};

/** Key and alias, as the other hosting variant of the guide shows them after an upload. */
function Uploaded({ uploaded, onClose }: UploadedProperties) {
  const t = useTexts();
  return (
    <Dialog name="certificate-uploaded" title={t('upload.done')} isOpen onClose={onClose}>
      <Notice kind="good">{t(`upload.outcome.${uploaded.outcome}`)}</Notice>
      <Facts
        facts={[
          [t('certificates.issuedTo'), uploaded.subjectName],
          [t('certificates.alias'), uploaded.alias],
          [t('certificates.key'), <code key="key">{uploaded.key}</code>],
        ]}
      />
      {uploaded.warnings.map(warning => (
        <Notice key={warning} kind="warning">
          {warning}
        </Notice>
      ))}
      <p className="quiet">{t('upload.keepFiles')}</p>
      <div className="dialog-actions">
        <Button kind="primary" onPress={onClose} autoFocus>
          {t('app.close')}
        </Button>
      </div>
    </Dialog>
  );
}
