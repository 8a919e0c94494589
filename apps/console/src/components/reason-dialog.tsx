import { useState, type ReactNode, type SubmitEvent } from 'react';
import { useTexts } from '../texts/use-texts.js';
import { DialogActions } from './dialog-actions.js';
import type { DialogName } from './dialog-names.js';
import { Dialog } from './dialog.js';
import { Failure } from './failure.js';
import { ReasonField } from './reason-field.js';

interface Properties {
  readonly name: DialogName;
  readonly title: string;
  /** What is about to happen, where the title does not say it. */
  readonly text?: string;
  /** On the button that does it. */
  readonly act: string;
  /** Whether it cannot be taken back. */
  readonly isFinal?: boolean;
  /** Of a dialog that stays open until it is done. */
  readonly isPending?: boolean;
  /** Why it was not done; null where nothing was refused. */
  readonly error?: Error | null;
  readonly onClose: () => void;
  readonly onChosen: (reason: string) => void;
  /** Fields that it asks for besides. */
  readonly children?: ReactNode;
}

/** Asks why something is done: the audit keeps the answer. Shown while it is there, and empty each time. */
export function ReasonDialog({
  name,
  title,
  text,
  act,
  isFinal = false,
  isPending = false,
  error = null,
  onClose,
  onChosen,
  children,
}: Properties) {
  const t = useTexts();
  const [reason, setReason] = useState('');
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!isPending) onChosen(reason);
  };
  return (
    <Dialog name={name} title={title} isOpen onClose={onClose} role={isFinal ? 'alertdialog' : 'dialog'}>
      {text !== undefined && <p>{text}</p>}
      <form className="stack" onSubmit={submit}>
        <ReasonField value={reason} onChange={setReason} hint={t('recordings.reasonHint')} autoFocus />
        {children}
        {error !== null && <Failure error={error} />}
        <DialogActions
          kind={isFinal ? 'danger' : 'primary'}
          type="submit"
          isPending={isPending}
          confirmText={act}
          onCancel={onClose}
        />
      </form>
    </Dialog>
  );
}
