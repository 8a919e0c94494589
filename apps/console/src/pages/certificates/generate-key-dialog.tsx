import { useState } from 'react';
import { answerOf, api } from '../../api/client.js';
import { DialogActions } from '../../components/dialog-actions.js';
import { Dialog } from '../../components/dialog.js';
import { Failure } from '../../components/failure.js';
import { Select } from '../../components/select.js';
import { TextField } from '../../components/text-field.js';
import { useTexts } from '../../texts/use-texts.js';
import { useCertificateAct } from './certificate-queries.js';

const sizes = { '2048': 2048, '3072': 3072, '4096': 4096 } as const;
type Size = keyof typeof sizes;

/** A key that is made in the token, and was never anywhere else. */
export function GenerateKeyDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useTexts();
  const [alias, setAlias] = useState('');
  const [size, setSize] = useState<Size>('3072');
  const { mutate, error, isPending } = useCertificateAct(() =>
    answerOf(api.POST('/rcs/keys', { body: { alias: alias.trim(), size: sizes[size] } })),
  );
  return (
    <Dialog name="generate-key" title={t('keys.generate')} isOpen onClose={onClose} isDismissable={false}>
      <p>{t('keys.generateText')}</p>
      <TextField label={t('certificates.alias')} value={alias} onChange={setAlias} isRequired autoFocus />
      <Select
        label={t('keys.size')}
        value={size}
        onChange={setSize}
        options={(Object.keys(sizes) as Size[]).map(each => [each, t('keys.bits', { bits: each })] as const)}
      />
      {error !== null && <Failure error={error} />}
      <DialogActions
        isPending={isPending}
        isDisabled={alias.trim() === ''}
        confirmText={t('keys.generateSubmit')}
        onPress={() => mutate(undefined, { onSuccess: onClose })}
        onCancel={onClose}
      />
    </Dialog>
  );
}
