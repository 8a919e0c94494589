import { useState } from 'react';
import { answerOf, api } from '../../api/client.js';
import { Button } from '../../components/button.js';
import { Checkbox } from '../../components/checkbox.js';
import { ConfirmDialog } from '../../components/confirm-dialog.js';
import { Dialog } from '../../components/dialog.js';
import { Failure } from '../../components/failure.js';
import { Notice } from '../../components/notice.js';
import { TextField } from '../../components/text-field.js';
import { useTexts } from '../../texts/use-texts.js';
import { orderedRights, RightsFields, type EditedRights } from './rights-fields.js';
import { UserSessions } from './user-sessions.js';
import { useUserAct, type User } from './user-queries.js';

/** One user: rights, password, sessions. What a directory says of somebody is changed there. */
export function UserDialog({ user, onClose }: { readonly user: User; readonly onClose: () => void }) {
  const t = useTexts();
  const { userName, source } = user;
  const [isRemoving, setRemoving] = useState(false);
  const remove = useUserAct(() =>
    answerOf(api.DELETE('/rcs/users/{userName}', { params: { path: { userName }, query: { source } } })),
  );
  if (isRemoving)
    return (
      <ConfirmDialog
        name="remove-user"
        title={t('users.removeTitle', { userName })}
        confirmText={t('app.remove')}
        isDangerous
        onConfirm={() => remove.mutateAsync(undefined)}
        onClose={onClose}
      >
        <p>{t('users.removeText')}</p>
      </ConfirmDialog>
    );
  return (
    <Dialog name="user" title={userName} isOpen onClose={onClose} isDismissable={false} isWide>
      {source === 'local' ? (
        <>
          <ChangeRights user={user} />
          <SetPassword userName={userName} />
        </>
      ) : (
        <Notice>{t('users.elsewhere', { source: t(`users.source.${source}`) })}</Notice>
      )}
      <UserSessions userName={userName} />
      <div className="dialog-actions">
        <Button kind="danger" onPress={() => setRemoving(true)}>
          {t('app.remove')}
        </Button>
        <Button kind="primary" onPress={onClose}>
          {t('app.close')}
        </Button>
      </div>
    </Dialog>
  );
}

function ChangeRights({ user }: { readonly user: User }) {
  const t = useTexts();
  const { userName, source } = user;
  const [enabled, setEnabled] = useState(user.enabled);
  const [rights, setRights] = useState<EditedRights>({
    roles: user.roles,
    privileges: user.privileges,
    accessGroups: user.accessGroups.join('\n'),
    partitions: user.partitions.join('\n'),
  });
  const { mutate, error, isPending, isSuccess } = useUserAct(() =>
    answerOf(
      api.PATCH('/rcs/users/{userName}', {
        params: { path: { userName }, query: { source } },
        body: {
          enabled,
          ...orderedRights(rights),
        },
      }),
    ),
  );
  return (
    <section className="stack">
      <Checkbox isSelected={enabled} onChange={setEnabled}>
        {t('users.mayLogIn')}
      </Checkbox>
      <RightsFields rights={rights} onChange={setRights} />
      {error !== null && <Failure error={error} />}
      {isSuccess && <Notice kind="good">{t('users.saved')}</Notice>}
      <div>
        <Button isPending={isPending} onPress={() => mutate(undefined)}>
          {t('users.saveRights')}
        </Button>
      </div>
    </section>
  );
}

function SetPassword({ userName }: { readonly userName: string }) {
  const t = useTexts();
  const [password, setPassword] = useState('');
  const { mutate, error, isPending, isSuccess } = useUserAct(() =>
    answerOf(api.PUT('/rcs/users/{userName}/password', { params: { path: { userName } }, body: { password } })),
  );
  return (
    <section className="stack">
      <TextField
        label={t('users.newPassword')}
        type="password"
        autoComplete="new-password"
        value={password}
        onChange={setPassword}
      />
      {error !== null && <Failure error={error} />}
      {isSuccess && <Notice kind="good">{t('users.passwordSet')}</Notice>}
      <div>
        <Button
          isPending={isPending}
          isDisabled={password === ''}
          onPress={() => mutate(undefined, { onSuccess: () => setPassword('') })}
        >
          {t('users.setPassword')}
        </Button>
      </div>
    </section>
  );
}
