import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../../api/client.js';
import { Button } from '../../components/button.js';
import { Dialog } from '../../components/dialog.js';
import { Failure } from '../../components/failure.js';
import { saveFile } from '../../components/save-file.js';
import { TextField } from '../../components/text-field.js';
import { useTexts } from '../../texts/use-texts.js';

/** The request (PKCS#10) that an authority issues the certificate for. */
export function SigningRequestDialog({ alias, onClose }: { readonly alias: string; readonly onClose: () => void }) {
  const t = useTexts();
  const [subject, setSubject] = useState('CN=Genesys Recording,O=,C=');
  const {
    mutate,
    data: request,
    error,
    isPending,
  } = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/rcs/keys/{alias}/certificate-signing-request', {
          params: { path: { alias } },
          body: { subject },
          parseAs: 'text',
        }),
      ),
  });
  return (
    <Dialog
      name="signing-request"
      title={t('keys.requestOf', { alias })}
      isOpen
      onClose={onClose}
      isDismissable={false}
    >
      <TextField
        label={t('certificates.subjectDn')}
        hint={t('keys.subjectHint')}
        value={subject}
        onChange={setSubject}
        isRequired
        autoFocus
      />
      {error !== null && <Failure error={error} />}
      {request !== undefined && <TextField label={t('keys.request')} value={request} rows={8} isReadOnly />}
      <div className="dialog-actions">
        <Button onPress={onClose}>{t('app.close')}</Button>
        {request !== undefined && (
          <Button onPress={() => saveFile(`${alias}.csr`, request, 'application/pkcs10')}>{t('app.saveAsFile')}</Button>
        )}
        <Button kind="primary" isPending={isPending} onPress={() => mutate()}>
          {t('keys.requestSubmit')}
        </Button>
      </div>
    </Dialog>
  );
}
