import { useState } from 'react';
import { DialogActions } from '../../components/dialog-actions.js';
import { Dialog } from '../../components/dialog.js';
import { ReasonDialog } from '../../components/reason-dialog.js';
import { Select } from '../../components/select.js';
import { TextField } from '../../components/text-field.js';
import { useTexts } from '../../texts/use-texts.js';
import { DestinationFields } from '../archives/destination-fields.js';
import { usualDestination, type Destination } from '../archives/destination.js';

interface Asking {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

interface LabelProperties extends Asking {
  readonly labels: readonly { readonly name: string; readonly displayName: string }[];
  readonly onChosen: (name: string) => void;
}

/** One of the labels that the contact center has defined. */
export function LabelDialog({ isOpen, onClose, labels, onChosen }: LabelProperties) {
  const t = useTexts();
  const [chosen, setChosen] = useState<string>();
  const name = chosen ?? labels[0]?.name;
  return (
    <Dialog name="add-label" title={t('recordings.addLabel')} isOpen={isOpen} onClose={onClose}>
      {name === undefined ? (
        <p>{t('recordings.noLabels')}</p>
      ) : (
        <Select
          label={t('recordings.label')}
          value={name}
          onChange={setChosen}
          options={labels.map(label => [label.name, label.displayName] as const)}
        />
      )}
      <DialogActions
        isDisabled={name === undefined}
        confirmText={t('app.add')}
        onPress={() => {
          if (name !== undefined) onChosen(name);
        }}
        onCancel={onClose}
      />
    </Dialog>
  );
}

type AskingWhy = Pick<Asking, 'onClose'> & { readonly onChosen: (reason: string) => void };

/** Why, and until when. */
export function HoldDialog({
  onClose,
  onChosen,
}: Pick<Asking, 'onClose'> & { readonly onChosen: (reason: string, until: string) => void }) {
  const t = useTexts();
  const [until, setUntil] = useState('');
  const title = t('recordings.placeHold');
  return (
    <ReasonDialog
      name="place-hold"
      title={title}
      act={title}
      onClose={onClose}
      onChosen={reason => onChosen(reason, until)}
    >
      <TextField label={t('recordings.until')} type="date" value={until} onChange={setUntil} />
    </ReasonDialog>
  );
}

/** What cannot be taken back says so, and asks why. */
export function EraseDialog({ count, ...asking }: AskingWhy & { readonly count: number }) {
  const t = useTexts();
  const [title, text] = [t('recordings.eraseTitle'), t('recordings.eraseText')];
  return (
    <ReasonDialog
      name="erase-recordings"
      title={title}
      text={text}
      act={t('recordings.eraseCount', { count })}
      isFinal
      {...asking}
    />
  );
}

interface ArchiveProperties extends Pick<Asking, 'onClose'> {
  /** @param destination absent for a file of whoever asks */
  readonly onChosen: (reason: string, destination?: Destination) => void;
}

/** Why they are taken along, and where to. */
export function ArchiveDialog({ onClose, onChosen }: ArchiveProperties) {
  const t = useTexts();
  const title = t('recordings.archive');
  const [isStored, setStored] = useState(false);
  const [destination, setDestination] = useState(usualDestination);
  return (
    <ReasonDialog
      name="archive-recordings"
      title={title}
      text={t('recordings.archiveText')}
      act={title}
      onClose={onClose}
      onChosen={reason => (isStored ? onChosen(reason, destination) : onChosen(reason))}
    >
      <Select
        label={t('recordings.archiveTo')}
        value={isStored ? 'storage' : 'file'}
        onChange={to => setStored(to === 'storage')}
        options={[
          ['file', t('recordings.archiveTo.file')],
          ['storage', t('recordings.archiveTo.storage')],
        ]}
      />
      {isStored && <DestinationFields destination={destination} onChange={setDestination} />}
    </ReasonDialog>
  );
}
