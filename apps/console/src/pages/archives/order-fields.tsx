import { Button } from '../../components/button.js';
import { Failure } from '../../components/failure.js';
import { TextField } from '../../components/text-field.js';
import { useTexts } from '../../texts/use-texts.js';
import { DestinationFields, type DestinationProperties } from './destination-fields.js';

interface Properties extends DestinationProperties {
  readonly reason: string;
  readonly onReason: (reason: string) => void;
  /** Why the server did not take it; null where nothing was refused. */
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly confirmText: string;
  readonly onClose: () => void;
}

/** The end of each form that has archives made: where they go, why, and the buttons. */
export function OrderFields({ reason, onReason, error, isPending, confirmText, onClose, ...destination }: Properties) {
  const t = useTexts();
  return (
    <>
      <DestinationFields {...destination} />
      <TextField
        label={t('recordings.reason')}
        hint={t('archives.reasonHint')}
        value={reason}
        onChange={onReason}
        isRequired
        maxLength={1000}
      />
      {error !== null && <Failure error={error} />}
      <div className="dialog-actions">
        <Button onPress={onClose}>{t('app.cancel')}</Button>
        <Button kind="primary" type="submit" isPending={isPending} isDisabled={reason.trim() === ''}>
          {confirmText}
        </Button>
      </div>
    </>
  );
}
