import { useState } from 'react';
import { answerOf, api } from '../../api/client.js';
import { Button } from '../../components/button.js';
import { ConfirmDialog } from '../../components/confirm-dialog.js';
import { Dialog } from '../../components/dialog.js';
import { Notice } from '../../components/notice.js';
import { Select } from '../../components/select.js';
import { useTexts } from '../../texts/use-texts.js';
import { useCertificateAct, useCertificates } from './certificate-queries.js';

interface Properties {
  readonly certificate: { readonly alias: string };
  readonly onClose: () => void;
}

/** Another certificate that may encrypt; `undefined` while there is none. */
function useSuccessor(alias: string) {
  const { data } = useCertificates();
  const possible = (data ?? []).filter(
    other => other.alias !== alias && (other.status === 'valid' || other.status === 'expiring'),
  );
  const [chosen, setChosen] = useState<string>();
  const successor = chosen ?? possible.at(-1)?.alias;
  return { successor, choose: setChosen, options: possible.map(each => [each.alias, each.alias] as const) };
}

/** Puts a successor in every place of a certificate, in one act; old recordings play on. */
export function RenewDialog({ certificate: { alias }, onClose }: Properties) {
  const t = useTexts();
  const { successor, choose, options } = useSuccessor(alias);
  const act = useCertificateAct((to: string) =>
    answerOf(api.POST('/rcs/certificates/{alias}/renew', { params: { path: { alias } }, body: { successor: to } })),
  );
  if (successor === undefined) return <NoSuccessor title={t('renew.title', { alias })} onClose={onClose} />;
  return (
    <ConfirmDialog
      name="renew-certificate"
      title={t('renew.title', { alias })}
      confirmText={t('renew.submit')}
      onConfirm={() => act.mutateAsync(successor)}
      onClose={onClose}
    >
      <p>{t('renew.text')}</p>
      <Select label={t('certificates.successor')} value={successor} onChange={choose} options={options} />
    </ConfirmDialog>
  );
}

/** Gives the recordings of a certificate a recipient for another one. */
export function RewrapDialog({ certificate: { alias }, onClose }: Properties) {
  const t = useTexts();
  const { successor, choose, options } = useSuccessor(alias);
  const [mode, setMode] = useState<'add' | 'replace'>('add');
  const act = useCertificateAct((to: string) =>
    answerOf(api.POST('/rcs/certificates/{alias}/rewrap', { params: { path: { alias } }, body: { to, mode } })),
  );
  if (successor === undefined) return <NoSuccessor title={t('rewrap.title', { alias })} onClose={onClose} />;
  return (
    <ConfirmDialog
      name="rewrap-recordings"
      title={t('rewrap.title', { alias })}
      confirmText={t('rewrap.submit')}
      onConfirm={() => act.mutateAsync(successor)}
      onClose={onClose}
    >
      <p>{t('rewrap.text')}</p>
      <Select label={t('rewrap.to')} value={successor} onChange={choose} options={options} />
      <Select
        label={t('rewrap.mode')}
        value={mode}
        onChange={setMode}
        options={[
          ['add', t('rewrap.mode.add')],
          ['replace', t('rewrap.mode.replace')],
        ]}
      />
    </ConfirmDialog>
  );
}

function NoSuccessor({ title, onClose }: { readonly title: string; readonly onClose: () => void }) {
  const t = useTexts();
  return (
    <Dialog name="no-successor" title={title} isOpen onClose={onClose}>
      <Notice kind="warning">{t('renew.none')}</Notice>
      <div className="dialog-actions">
        <Button kind="primary" onPress={onClose}>
          {t('app.close')}
        </Button>
      </div>
    </Dialog>
  );
}
