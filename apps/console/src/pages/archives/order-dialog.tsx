import { useState, type ReactNode, type SubmitEvent } from 'react';
import { DialogActions } from '../../components/dialog-actions.js';
import type { DialogName } from '../../components/dialog-names.js';
import { Dialog } from '../../components/dialog.js';
import { Failure } from '../../components/failure.js';
import { ReasonField } from '../../components/reason-field.js';
import { useTexts } from '../../texts/use-texts.js';
import { useArchiveAct } from './archive-queries.js';
import { DestinationFields } from './destination-fields.js';
import { usualDestination, type Destination } from './destination.js';

interface Order {
  readonly reason: string;
  readonly destination: Destination;
}

interface Properties<Answer> {
  readonly name: DialogName;
  readonly title: string;
  readonly text: string;
  readonly confirmText: string;
  readonly isWide?: boolean;
  /** What the fields begin with. */
  readonly begun?: Order | null;
  readonly order: (order: Order) => Promise<Answer>;
  readonly onOrdered: (answer: Answer) => void;
  readonly onClose: () => void;
  /** Which recordings it is about, and when. */
  readonly children: ReactNode;
}

/** Has archives made: of what its fields say, why, and where they go. */
export function OrderDialog<Answer>({
  name,
  title,
  text,
  confirmText,
  isWide = false,
  begun,
  order,
  onOrdered,
  onClose,
  children,
}: Properties<Answer>) {
  const t = useTexts();
  const [reason, setReason] = useState(begun?.reason ?? '');
  const [destination, setDestination] = useState(begun?.destination ?? usualDestination);
  const { mutate, error, isPending } = useArchiveAct(order);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!isPending) mutate({ reason, destination }, { onSuccess: onOrdered });
  };
  return (
    <Dialog name={name} title={title} isOpen onClose={onClose} isDismissable={false} isWide={isWide}>
      <p>{text}</p>
      <form className="stack" onSubmit={submit}>
        {children}
        <DestinationFields destination={destination} onChange={setDestination} />
        <ReasonField value={reason} onChange={setReason} hint={t('archives.reasonHint')} />
        {error !== null && <Failure error={error} />}
        <DialogActions
          type="submit"
          isPending={isPending}
          isDisabled={reason.trim() === ''}
          confirmText={confirmText}
          onCancel={onClose}
        />
      </form>
    </Dialog>
  );
}
