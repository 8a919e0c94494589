import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useBlocker } from 'react-router';
import { answerOf, api } from '../../api/client.js';
import { Button } from '../../components/button.js';
import { ConfirmDialog } from '../../components/confirm-dialog.js';
import { DialogActions } from '../../components/dialog-actions.js';
import { Dialog } from '../../components/dialog.js';
import { Failure } from '../../components/failure.js';
import { Loading } from '../../components/loading.js';
import { Notice } from '../../components/notice.js';
import { Page } from '../../components/page.js';
import { useTexts } from '../../texts/use-texts.js';
import { CertificateTable } from '../certificates/certificate-table.js';
import {
  certificateKeys,
  useCertificateAct,
  useCertificates,
  useLiveCertificates,
  type Certificate,
} from '../certificates/certificate-queries.js';
import { SelectCertificateDialog } from './select-certificate-dialog.js';

const none: ReadonlySet<string> = new Set();
/** What the server wants to hear before it lets recordings be made in clear. */
const confirmation = 'record unencrypted';

/** The certificates that screen recordings are encrypted for: changed on the page, and then saved or not. */
export function Component() {
  const t = useTexts();
  useLiveCertificates();
  const stored = useQuery({
    queryKey: certificateKeys.screens,
    queryFn: () => answerOf(api.GET('/rcs/screen-recording-certificates')),
  });
  const known = useCertificates();
  const [changed, setChanged] = useState<readonly string[]>();
  const [selected, setSelected] = useState(none);
  const [isAdding, setAdding] = useState(false);
  const [isConfirming, setConfirming] = useState(false);
  const save = useCertificateAct((aliases: readonly string[]) =>
    answerOf(
      api.PUT('/rcs/screen-recording-certificates', {
        body: { aliases: [...aliases], ...(aliases.length === 0 ? { confirm: confirmation } : {}) },
      }),
    ),
  );
  const blocker = useBlocker(changed !== undefined);

  const error = stored.error ?? known.error;
  if (error !== null)
    return <Failure error={error} retry={() => void Promise.all([stored.refetch(), known.refetch()])} />;
  if (stored.data === undefined || known.data === undefined) return <Loading />;

  const aliases = changed ?? stored.data.aliases;
  const byAlias = new Map([...stored.data.certificates, ...known.data].map(each => [each.alias, each]));
  const assigned = aliases.map(alias => byAlias.get(alias)).filter(each => each !== undefined);
  const change = (next: readonly string[]): void => {
    setChanged(sameList(next, stored.data.aliases) ? undefined : next);
    setSelected(none);
  };
  const store = async (): Promise<void> => {
    await save.mutateAsync(aliases);
    setChanged(undefined);
  };
  const press = (): void => {
    if (aliases.length === 0) setConfirming(true);
    else void store().catch(() => undefined);
  };

  return (
    <Page
      title={t('nav.screenRecordingCertificates')}
      actions={
        <>
          <Button isDisabled={changed === undefined} onPress={() => change(stored.data.aliases)}>
            {t('app.cancel')}
          </Button>
          <Button kind="primary" isDisabled={changed === undefined} isPending={save.isPending} onPress={press}>
            {t('app.save')}
          </Button>
        </>
      }
    >
      {aliases.length === 0 && <Notice kind="warning">{t('screens.unencrypted')}</Notice>}
      {save.error !== null && <Failure error={save.error} />}
      <section className="stack" aria-labelledby="assigned">
        <div className="page-head">
          <h2 id="assigned">{t('screens.assigned')}</h2>
          <div className="actions">
            <Button onPress={() => setAdding(true)}>{t('app.add')}</Button>
            <Button
              isDisabled={selected.size === 0}
              onPress={() => change(aliases.filter(alias => !selected.has(alias)))}
            >
              {t('app.remove')}
            </Button>
          </div>
        </div>
        <AssignedTable certificates={assigned} selected={selected} onSelect={setSelected} />
      </section>
      <p className="quiet">{t('screens.future')}</p>
      {isAdding && (
        <SelectCertificateDialog
          certificates={known.data.filter(each => isAssignable(each) && !aliases.includes(each.alias))}
          onAdd={added => change([...aliases, ...added])}
          onClose={() => setAdding(false)}
        />
      )}
      {isConfirming && (
        <ConfirmDialog
          name="record-unencrypted"
          title={t('screens.confirmTitle')}
          confirmText={t('screens.confirm')}
          isDangerous
          onConfirm={store}
          onClose={() => setConfirming(false)}
        >
          <Notice kind="warning">{t('screens.warning')}</Notice>
        </ConfirmDialog>
      )}
      {blocker.state === 'blocked' && <LeaveDialog onStay={() => blocker.reset()} onLeave={() => blocker.proceed()} />}
    </Page>
  );
}

/** Asks whoever goes to another page with changes that are not saved. */
function LeaveDialog({ onStay, onLeave }: { readonly onStay: () => void; readonly onLeave: () => void }) {
  const t = useTexts();
  return (
    <Dialog name="leave-changes" title={t('screens.leaveTitle')} isOpen onClose={onStay} role="alertdialog">
      <p>{t('screens.leaveText')}</p>
      <DialogActions confirmText={t('screens.leave')} onPress={onLeave} onCancel={onStay} />
    </Dialog>
  );
}

interface AssignedProperties {
  readonly certificates: readonly Certificate[];
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (aliases: ReadonlySet<string>) => void;
}

const AssignedTable = (properties: AssignedProperties) => {
  const t = useTexts();
  return (
    <CertificateTable
      {...properties}
      label={t('screens.assigned')}
      columns={['subjectName', 'serialNumber', 'issuedBy', 'expires', 'status', 'alias', 'key']}
      emptyText={t('screens.empty')}
    />
  );
};

/** What the server would refuse is not offered. */
const isAssignable = ({ status }: Certificate): boolean => status === 'valid' || status === 'expiring';

const sameList = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((alias, index) => alias === right[index]);
