import { useState } from 'react';
import { answerOf, api } from '../../api/client.js';
import { ApiProblem } from '../../api/problem.js';
import { ConfirmDialog } from '../../components/confirm-dialog.js';
import { Notice } from '../../components/notice.js';
import { TextField } from '../../components/text-field.js';
import { useTexts } from '../../texts/use-texts.js';
import { useCertificateAct } from './certificate-queries.js';

interface Properties {
  readonly certificate: {
    readonly alias: string;
    readonly recordings?: number | undefined;
    readonly archives?: number | undefined;
    readonly deployedCount: number;
  };
  readonly onClose: () => void;
}

/**
 * Takes a certificate out of use. The first try is guarded: where the server counts what needs it, the alias has to be typed
 * to delete it all the same.
 */
export function DeleteDialog({ certificate, onClose }: Properties) {
  const { alias, recordings = 0, archives = 0, deployedCount } = certificate;
  const t = useTexts();
  const [isForced, setForced] = useState(false);
  const act = useCertificateAct((force: boolean) =>
    answerOf(
      api.DELETE('/rcs/certificates/{alias}', { params: { path: { alias } }, body: force ? { force: alias } : {} }),
    ),
  );
  const remove = async (): Promise<void> => {
    try {
      await act.mutateAsync(isForced);
    } catch (error) {
      if (error instanceof ApiProblem && error.code === 'RCS_CERTIFICATE_IN_USE') setForced(true);
      throw error;
    }
  };
  return (
    <ConfirmDialog
      name="delete-certificate"
      title={t('delete.title', { alias })}
      confirmText={isForced ? t('delete.force') : t('delete.submit')}
      isDangerous
      typeAgain={isForced ? alias : undefined}
      onConfirm={remove}
      onClose={onClose}
    >
      <p>{t('delete.text')}</p>
      <p>{t('delete.counts', { deployed: deployedCount, recordings, archives })}</p>
      <Notice kind="warning">{t('delete.warning')}</Notice>
    </ConfirmDialog>
  );
}

/** Takes the private key out of use; until operators destroy it, it can be restored. */
export function RemoveKeyDialog({ certificate: { alias, recordings = 0, archives = 0 }, onClose }: Properties) {
  const t = useTexts();
  const [unplayable, setUnplayable] = useState<string>();
  const act = useCertificateAct((count: number | undefined) =>
    answerOf(
      api.DELETE('/rcs/certificates/{alias}/key', {
        params: { path: { alias } },
        body: { confirm: alias, ...(count === undefined ? {} : { unplayable: count }) },
      }),
    ),
  );
  const remove = async (): Promise<void> => {
    try {
      await act.mutateAsync(unplayable === undefined || unplayable.trim() === '' ? undefined : Number(unplayable));
    } catch (error) {
      if (error instanceof ApiProblem && error.code === 'RCS_CERTIFICATE_IN_USE')
        setUnplayable(current => current ?? '');
      throw error;
    }
  };
  return (
    <ConfirmDialog
      name="remove-key"
      title={t('removeKey.title', { alias })}
      confirmText={t('removeKey.submit')}
      isDangerous
      typeAgain={alias}
      onConfirm={remove}
      onClose={onClose}
    >
      <p>{t('removeKey.text')}</p>
      {recordings > 0 && <Notice kind="warning">{t('removeKey.recordings', { recordings })}</Notice>}
      {archives > 0 && <Notice kind="warning">{t('removeKey.archives', { archives })}</Notice>}
      {unplayable !== undefined && (
        <TextField
          label={t('removeKey.unplayable')}
          hint={t('removeKey.unplayableHint')}
          value={unplayable}
          onChange={setUnplayable}
          inputMode="numeric"
        />
      )}
    </ConfirmDialog>
  );
}

/** Takes a key that was removed into use again. */
export function RestoreKeyDialog({ certificate: { alias }, onClose }: Properties) {
  const t = useTexts();
  const act = useCertificateAct(() =>
    answerOf(api.POST('/rcs/certificates/{alias}/restore-key', { params: { path: { alias } } })),
  );
  return (
    <ConfirmDialog
      name="restore-key"
      title={t('restoreKey.title', { alias })}
      confirmText={t('restoreKey.submit')}
      onConfirm={() => act.mutateAsync(undefined)}
      onClose={onClose}
    >
      <p>{t('restoreKey.text')}</p>
    </ConfirmDialog>
  );
}
