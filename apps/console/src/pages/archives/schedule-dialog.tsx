import { useState, type SubmitEvent } from 'react';
import { answerOf, api } from '../../api/client.js';
import { Dialog } from '../../components/dialog.js';
import { TextField } from '../../components/text-field.js';
import { useTexts } from '../../texts/use-texts.js';
import { useArchiveAct, type ArchiveSchedule } from './archive-queries.js';
import { usualDestination } from './destination.js';
import { OrderFields } from './order-fields.js';

interface Properties {
  /** The one that is set; null where none is. */
  readonly schedule: ArchiveSchedule | null;
  readonly onClose: () => void;
}

/** When an archive is made by itself, of which recordings, and where it goes. What cannot be said here stays as it was set. */
export function ScheduleDialog({ schedule, onClose }: Properties) {
  const t = useTexts();
  const [at, setAt] = useState(schedule?.at ?? '02:30');
  const [minimumDays, setMinimumDays] = useState(String(schedule?.age.minimumDays ?? 0));
  const [maximumDays, setMaximumDays] = useState(String(schedule?.age.maximumDays ?? 1));
  const [reason, setReason] = useState(schedule?.reason ?? '');
  const [destination, setDestination] = useState(schedule?.destination ?? usualDestination);
  const { mutate, error, isPending } = useArchiveAct(() => {
    const { encryptPlainFor, recipientCertificate, plainMedia, parts } = schedule ?? {};
    const kept = Object.entries({ encryptPlainFor, recipientCertificate, plainMedia, parts });
    const body = {
      at,
      age: { minimumDays: Number(minimumDays), maximumDays: Number(maximumDays) },
      reason,
      destination,
      ...Object.fromEntries(kept.filter(([, value]) => value !== undefined)),
    };
    return answerOf(api.PUT('/rcs/archive-schedule', { body }));
  });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    mutate(undefined, { onSuccess: onClose });
  };
  return (
    <Dialog name="archive-schedule" title={t('archives.schedule')} isOpen onClose={onClose} isDismissable={false}>
      <p>{t('archives.scheduleText')}</p>
      <form className="stack" onSubmit={submit}>
        <TextField label={t('archives.at')} type="time" value={at} onChange={setAt} isRequired autoFocus />
        <div className="field-pair">
          <TextField
            label={t('archives.minimumDays')}
            hint={t('archives.daysHint')}
            inputMode="numeric"
            pattern="\d{1,5}"
            value={minimumDays}
            onChange={setMinimumDays}
            isRequired
          />
          <TextField
            label={t('archives.maximumDays')}
            inputMode="numeric"
            pattern="\d{1,5}"
            value={maximumDays}
            onChange={setMaximumDays}
            isRequired
          />
        </div>
        <OrderFields
          destination={destination}
          onChange={setDestination}
          reason={reason}
          onReason={setReason}
          error={error}
          isPending={isPending}
          confirmText={t('app.save')}
          onClose={onClose}
        />
      </form>
    </Dialog>
  );
}
