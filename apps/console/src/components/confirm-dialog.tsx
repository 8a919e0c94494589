import { useState, type ReactNode } from 'react';
import { useTexts } from '../texts/use-texts.js';
import { DialogActions } from './dialog-actions.js';
import type { DialogName } from './dialog-names.js';
import { Dialog } from './dialog.js';
import { Failure } from './failure.js';
import { TextField } from './text-field.js';

interface Properties {
  readonly name: DialogName;
  readonly title: string;
  readonly confirmText: string;
  readonly isDangerous?: boolean;
  /** What has to be typed, where a click is not enough. */
  readonly typeAgain?: string | undefined;
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Asks before it is done, and tells what the server said where it was not. */
export function ConfirmDialog({
  name,
  title,
  confirmText,
  isDangerous,
  typeAgain,
  onConfirm,
  onClose,
  children,
}: Properties) {
  const t = useTexts();
  const [typed, setTyped] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  const confirm = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog name={name} title={title} isOpen onClose={onClose} role="alertdialog">
      {children}
      {typeAgain !== undefined && (
        <TextField
          label={t('app.typeAgain', { text: typeAgain })}
          value={typed}
          onChange={setTyped}
          autoComplete="off"
        />
      )}
      {error !== undefined && <Failure error={error} />}
      <DialogActions
        kind={isDangerous === true ? 'danger' : 'primary'}
        isPending={isBusy}
        isDisabled={typeAgain !== undefined && typed !== typeAgain}
        confirmText={confirmText}
        onPress={() => void confirm()}
        onCancel={onClose}
      />
    </Dialog>
  );
}
