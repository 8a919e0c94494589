import { useState, type ReactNode, type SubmitEvent } from 'react';
import { Button } from '../../components/button.js';
import type { DialogName } from '../../components/dialog-names.js';
import { Dialog } from '../../components/dialog.js';
import { TextField } from '../../components/text-field.js';
import { useTexts } from '../../texts/use-texts.js';

interface Properties {
  readonly name: DialogName;
  readonly title: string;
  /** What is about to happen, where the title does not say it. */
  readonly text?: string;
  /** On the button that does it. */
  readonly act: string;
  /** Whether it cannot be taken back. */
  readonly isFinal?: boolean;
  readonly onClose: () => void;
  readonly onChosen: (reason: string) => void;
  /** Fields that it asks for besides. */
  readonly children?: ReactNode;
}

/** Asks why something is done with recordings: the audit keeps the answer. Shown while it is there, and empty each time. */
export function ReasonDialog({ name, title, text, act, isFinal = false, onClose, onChosen, children }: Properties) {
  const t = useTexts();
  const [reason, setReason] = useState('');
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    onChosen(reason);
  };
  return (
    <Dialog name={name} title={title} isOpen onClose={onClose} role={isFinal ? 'alertdialog' : 'dialog'}>
      {text !== undefined && <p>{text}</p>}
      <form className="stack" onSubmit={submit}>
        <TextField
          label={t('recordings.reason')}
          hint={t('recordings.reasonHint')}
          value={reason}
          onChange={setReason}
          autoFocus
          isRequired
          maxLength={1000}
        />
        {children}
        <div className="dialog-actions">
          <Button onPress={onClose}>{t('app.cancel')}</Button>
          <Button kind={isFinal ? 'danger' : 'primary'} type="submit">
            {act}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
