import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api, type Schema } from '../../api/client.js';
import { ApiProblem } from '../../api/problem.js';
import { Button } from '../../components/button.js';
import { ConfirmDialog } from '../../components/confirm-dialog.js';
import { Dialog } from '../../components/dialog.js';
import { Facts } from '../../components/facts.js';
import { Failure } from '../../components/failure.js';
import { Notice } from '../../components/notice.js';
import { TextField } from '../../components/text-field.js';
import { useFormats } from '../../texts/use-formats.js';
import { useTexts } from '../../texts/use-texts.js';
import { SimpleTable } from './simple-table.js';

const key = ['system', 'hawk-credentials'] as const;
type Issued = Schema<'IssuedHawkCredential'>;

/** Credentials of the services that sign their requests to the local key manager (Hawk). */
export function LocalKeyManager() {
  const t = useTexts();
  const { time } = useFormats();
  const queries = useQueryClient();
  const [isAdding, setAdding] = useState(false);
  const [revoking, setRevoking] = useState<string>();
  const [issued, setIssued] = useState<Issued>();
  const changed = (): Promise<void> => queries.invalidateQueries({ queryKey: key });
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: async () => (await answerOf(api.GET('/rcs/local-key-manager/credentials'))).credentials,
  });
  const rotate = useMutation({
    mutationFn: (id: string) =>
      answerOf(api.POST('/rcs/local-key-manager/credentials/{id}/rotation', { params: { path: { id } } })),
    onSuccess: async answer => {
      setIssued(answer);
      await changed();
    },
  });
  const revoke = async (id: string): Promise<void> => {
    await answerOf(api.DELETE('/rcs/local-key-manager/credentials/{id}', { params: { path: { id } } }));
    await changed();
  };
  // Where there is no local key manager there is nothing to say of it.
  if (error instanceof ApiProblem && error.status === 404) return null;
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />;
  return (
    <>
      <SimpleTable
        title={t('hawk.title')}
        columns={[t('hawk.id'), t('system.state'), t('hawk.created'), t('hawk.rotated'), t('users.act')]}
        rows={data?.map(({ id, state, createdAt, createdBy, rotatedAt }) => [
          <code key="id">{id}</code>,
          t(`hawk.state.${state}`),
          `${createdBy}, ${time(createdAt)}`,
          rotatedAt === undefined ? '' : time(rotatedAt),
          state === 'in force' ? (
            <span key="acts" className="actions">
              <Button aria-label={t('hawk.rotateOf', { id })} onPress={() => rotate.mutate(id)}>
                {t('hawk.rotate')}
              </Button>
              <Button aria-label={t('hawk.revokeOf', { id })} onPress={() => setRevoking(id)}>
                {t('hawk.revoke')}
              </Button>
            </span>
          ) : (
            ''
          ),
        ])}
        emptyText={t('hawk.none')}
      />
      <div>
        <Button onPress={() => setAdding(true)}>{t('hawk.add')}</Button>
      </div>
      {rotate.error !== null && <Failure error={rotate.error} />}
      {isAdding && <AddCredential onIssued={setIssued} onChanged={changed} onClose={() => setAdding(false)} />}
      {revoking !== undefined && (
        <ConfirmDialog
          name="revoke-credential"
          title={t('hawk.revokeOf', { id: revoking })}
          confirmText={t('hawk.revoke')}
          isDangerous
          onConfirm={() => revoke(revoking)}
          onClose={() => setRevoking(undefined)}
        >
          <p>{t('hawk.revokeText')}</p>
        </ConfirmDialog>
      )}
      {issued !== undefined && <IssuedDialog issued={issued} onClose={() => setIssued(undefined)} />}
    </>
  );
}

interface AddProperties {
  readonly onIssued: (issued: Issued) => void;
  readonly onChanged: () => Promise<void>;
  readonly onClose: () => void;
}

function AddCredential({ onIssued, onChanged, onClose }: AddProperties) {
  const t = useTexts();
  const [id, setId] = useState('');
  const register = async (): Promise<void> => {
    onIssued(await answerOf(api.POST('/rcs/local-key-manager/credentials', { body: { id: id.trim() } })));
    await onChanged();
  };
  return (
    <ConfirmDialog
      name="register-credential"
      title={t('hawk.add')}
      confirmText={t('app.add')}
      onConfirm={register}
      onClose={onClose}
    >
      <TextField label={t('hawk.id')} value={id} onChange={setId} isRequired autoFocus />
    </ConfirmDialog>
  );
}

/** The key of a credential is shown this once. */
function IssuedDialog({ issued, onClose }: { readonly issued: Issued; readonly onClose: () => void }) {
  const t = useTexts();
  return (
    <Dialog name="credential-issued" title={t('hawk.issued')} isOpen onClose={onClose} isDismissable={false}>
      <Notice kind="warning">{t('hawk.once')}</Notice>
      <Facts facts={Object.entries(issued).map(([name, value]) => [name, <code key={name}>{value}</code>] as const)} />
      <div className="dialog-actions">
        <Button kind="primary" onPress={onClose}>
          {t('app.close')}
        </Button>
      </div>
    </Dialog>
  );
}
