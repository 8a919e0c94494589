import { useState } from 'react';
import { answerOf, api } from '../../api/client.js';
import { DialogActions } from '../../components/dialog-actions.js';
import { Dialog } from '../../components/dialog.js';
import { Failure } from '../../components/failure.js';
import { TextField } from '../../components/text-field.js';
import { useTexts } from '../../texts/use-texts.js';
import { orderedRights, RightsFields, type EditedRights } from './rights-fields.js';
import { useUserAct } from './user-queries.js';

const nothing: EditedRights = { roles: ['agent'], privileges: [], accessGroups: '', partitions: '' };

/** A new user of the contact center, whose password this server checks. */
export function AddUserDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useTexts();
  const [userName, setUserName] = useState('');
  const [password, setPassword] = useState('');
  const [rights, setRights] = useState(nothing);
  const { mutate, error, isPending } = useUserAct(() =>
    answerOf(
      api.POST('/rcs/users', {
        body: {
          userName: userName.trim(),
          password,
          ...orderedRights(rights),
        },
      }),
    ),
  );
  return (
    <Dialog name="add-user" title={t('users.add')} isOpen onClose={onClose} isDismissable={false} isWide>
      <div className="field-pair">
        <TextField
          label={t('login.userName')}
          value={userName}
          onChange={setUserName}
          autoComplete="off"
          isRequired
          autoFocus
        />
        <TextField
          label={t('login.password')}
          type="password"
          autoComplete="new-password"
          value={password}
          onChange={setPassword}
          isRequired
        />
      </div>
      <RightsFields rights={rights} onChange={setRights} />
      {error !== null && <Failure error={error} />}
      <DialogActions
        isPending={isPending}
        isDisabled={userName.trim() === '' || password === ''}
        confirmText={t('app.add')}
        onPress={() => mutate(undefined, { onSuccess: onClose })}
        onCancel={onClose}
      />
    </Dialog>
  );
}
